// Secrets that are known by how they look: a fixed start, and after it characters of a kind.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace redact {

enum class ShapeKind {
  kRun,         // `least` characters of the class or more
  kJwt,         // two runs with a dot between them
  kPrivateKey,  // from the BEGIN line to the END line
  kUrl,         // user:password@ after "://", of which the password
};

struct Shape {
  std::string_view name;
  std::string_view prefix;
  ShapeKind kind = ShapeKind::kRun;
  std::size_t least = 0;
  std::size_t kept = 0;               // bytes of the prefix that stay readable
  bool own_word = true;               // not directly after a letter or a digit
  bool needs_digit = false;           // words joined by hyphens are no key
  std::string_view class_chars = {};  // besides letters and digits
};

std::span<const Shape> all_shapes();

// A candidate that is not confirmed after so many bytes is none: what a Stream holds back is
// bounded.
inline constexpr std::size_t kCandidateBytesMax = 4'096;

// One place where a shape's prefix stood, fed with what follows it.
class Candidate {
 public:
  // `start` is where the prefix starts.
  Candidate(const Shape& shape, std::uint64_t start);

  enum class Verdict {
    kOpen,     // may become a secret
    kSecret,   // [secret_start(), this byte] is one, and may go on
    kClosed,   // [secret_start(), secret_end()) is one and complete
    kNothing,  // it ends here: a secret where it was confirmed, else none
  };
  // The next byte, at `position`.
  Verdict next(unsigned char byte, std::uint64_t position);

  // The same prefix stood again, inside of this candidate, at `start`.
  void seen_again(std::uint64_t start) { again_ = start; }

  [[nodiscard]] const Shape& shape() const { return *shape_; }

  [[nodiscard]] bool confirmed() const { return confirmed_; }

  [[nodiscard]] std::uint64_t start() const { return start_; }

  [[nodiscard]] std::uint64_t secret_start() const { return secret_start_; }

  [[nodiscard]] std::uint64_t secret_end() const { return secret_end_; }

 private:
  Verdict next_of_kind(unsigned char byte, std::uint64_t position);
  Verdict decided();
  Verdict next_of_run(unsigned char byte);
  Verdict next_of_jwt(unsigned char byte);
  Verdict next_of_private_key(unsigned char byte, std::uint64_t position);
  Verdict next_of_url(unsigned char byte, std::uint64_t position);
  Verdict confirm();

  const Shape* shape_;
  std::uint64_t start_;
  std::uint64_t secret_start_;
  std::uint64_t secret_end_ = 0;
  std::uint64_t again_ = 0;
  bool confirmed_ = false;
  bool digit_seen_ = false;
  int part_ = 0;           // of a shape that has several
  std::size_t count_ = 0;  // bytes of this part
  int dashes_ = 0;
  std::string label_;  // of a PEM block
};

}  // namespace redact
