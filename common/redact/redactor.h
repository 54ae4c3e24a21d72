// redact: bytes in, the same bytes without secrets out. By value (and the value's usual encodings), and by
// shape (API keys). Holds back what could be the start of a secret across two writes.
//
// May include: common/base.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace redact {

// Shorter values would mask ordinary words; they are refused by name.
inline constexpr std::size_t kSecretBytesMin = 8;

struct Secret {
  std::string name;   // told where the value may not be
  std::string value;
  std::string placeholder = "***";
};

// Immutable after make(); share it, and open one Stream per output.
class Redactor {
 public:
  // Knows each value as it is, JSON-escaped, percent-encoded, base64 (all three offsets) and hex, each
  // line of a value of several lines, and the password of a value that is a URL.
  static base::Result<std::shared_ptr<const Redactor>> make(std::vector<Secret> secrets, bool shapes);
  ~Redactor();

  [[nodiscard]] std::string apply(std::string_view text) const;

  // The longest pattern: how much a Stream may hold back.
  [[nodiscard]] std::size_t bytes_held_max() const;

 private:
  friend class Stream;
  Redactor();
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// One output written in pieces. write() returns what may leave now, finish() the rest.
class Stream {
 public:
  explicit Stream(std::shared_ptr<const Redactor> redactor);
  std::string write(std::string_view piece);
  std::string finish();

 private:
  std::shared_ptr<const Redactor> redactor_;
  std::string held_;
};

}  // namespace redact
