// redact: bytes in, the same bytes without secrets out. By value (and the value's usual encodings),
// and by shape (API keys). Holds back what could be the start of a secret across two writes.
//
// Doors: Redactor::make() once, then apply() for a whole text or a Stream for one written in
// pieces. The time taken grows with the text and not with the number of secrets; clean text is
// passed by fast. Not seen: a secret that is compressed, encrypted or encoded twice. May include:
// common/base.
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
inline constexpr std::size_t kSecretBytesMax = 64 * 1024;
inline constexpr std::size_t kSecretsMax = 1'000;

struct Secret {
  std::string name;  // told where the value may not be
  std::string value;
  std::string placeholder = "***";
};

// What stands for a secret that was found by its shape.
enum class ShapeMark {
  kStars,  // "***"
  kKeyed,  // "[redacted:openai_key:1b2c3d4e]": the same for the same secret, another for another
           // one
};

class Scanner;

// Immutable after make(); share it, and open one Stream per output.
class Redactor {
 public:
  // Knows each value as it is, as JSON, XML, shells, source code and test frameworks spell it,
  // percent-encoded, base64 (all three offsets) and hex, each line of a value of several lines, and
  // the password of a value that is a URL.
  // kInvalidInput, with the name and never the value, where a value is too short or too long.
  static base::Result<std::shared_ptr<const Redactor>> make(const std::vector<Secret>& secrets,
                                                            bool shapes,
                                                            ShapeMark mark = ShapeMark::kStars);
  ~Redactor();

  // Where secrets overlap or hold each other, all of their bytes go and one placeholder stands for
  // them.
  [[nodiscard]] std::string apply(std::string_view text) const;

  // How much a Stream may hold back.
  [[nodiscard]] std::size_t bytes_held_max() const;

 private:
  friend class Stream;
  friend class Scanner;
  Redactor();
  class Impl;
  std::unique_ptr<Impl> impl_;
};

// One output written in pieces. write() returns what may leave now, finish() the rest: together the
// same as apply() of the whole, wherever the pieces are cut.
class Stream {
 public:
  explicit Stream(std::shared_ptr<const Redactor> redactor);
  Stream(Stream&& other) noexcept;
  Stream& operator=(Stream&& other) noexcept;
  ~Stream();

  std::string write(std::string_view piece);
  std::string finish();

 private:
  std::shared_ptr<const Redactor> redactor_;
  std::unique_ptr<Scanner> scanner_;
};

}  // namespace redact
