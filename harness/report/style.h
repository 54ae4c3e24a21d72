// Colour where a person looks, none where a file or a program does.
#pragma once

#include <string>
#include <string_view>

#include "common/base/env.h"
#include "harness/suite/test_case.h"

namespace harness {

enum class Colour { kGreen, kRed, kYellow, kGrey, kBold };

class Style {
 public:
  explicit Style(bool colours) : colours_(colours) {}

  // Colours on a terminal that can show them, unless NO_COLOR is set.
  static Style of(int fd, const base::Environment& environment);

  [[nodiscard]] std::string paint(Colour colour, std::string_view text) const;

 private:
  bool colours_;
};

Colour colour_of(Outcome outcome);

// "3 ms", "1.24 s", "2 m 3 s".
std::string readable_ms(double duration_ms);

}  // namespace harness
