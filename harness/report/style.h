// How a text is shown where it is told: colour where a person looks, none where a file or a program
// does; and nothing that a CI system would take for a command, where one reads along.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/env.h"
#include "harness/suite/test_case.h"

namespace harness {

enum class Colour { kGreen, kRed, kYellow, kGrey, kBold };

class Style {
 public:
  explicit Style(bool colours, bool guarded = false) : colours_(colours), guarded_(guarded) {}

  // Colours on a terminal that can show them, unless NO_COLOR is set; guarded in a step of GitHub
  // Actions or of a pipeline of Azure.
  static Style of(int fd, const base::Environment& environment);

  [[nodiscard]] std::string paint(Colour colour, std::string_view text) const;

  // `text` as it may be told. Where guarded, "::" at the start of a line and "##[" anywhere are
  // broken by a space: what a test says must not be able to set a variable or to forge an error.
  [[nodiscard]] std::string told(std::string text) const;

 private:
  bool colours_;
  bool guarded_;
};

Colour colour_of(Outcome outcome);

// The width of the terminal behind `fd` where a line can be drawn again; 0 where it is none, is
// dumb, or belongs to continuous integration (CI is set), which keeps every line.
std::size_t columns_of(int fd, const base::Environment& environment);

// "3 ms", "1.24 s", "2 m 3 s".
std::string readable_ms(double duration_ms);

// "12 bytes", "3.4 KiB", "5.0 MiB".
std::string readable_bytes(std::int64_t bytes);

}  // namespace harness
