// Numbers that look random and are not: the same seed gives the same stream on every machine.
// Not for secrets; those come from random_token().
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace base {

inline constexpr std::uint64_t kSplitmixGolden = 0x9E3779B97F4A7C15U;

constexpr std::uint64_t splitmix_finish(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

// A splitmix64 stream: 8 bytes of state, a few cycles a number.
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next();
  // Uniform in [0, limit); `limit` is not 0.
  std::uint64_t below(std::uint64_t limit);
  // Appends `count` characters out of `alphabet`.
  void append(std::string& text, std::size_t count, std::string_view alphabet);

 private:
  std::uint64_t state_;
};

// One well-mixed number out of two; chain it to seed from several parts. Inline: every value of
// every request goes through it.
inline std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  return splitmix_finish(splitmix_finish(a + kSplitmixGolden) ^ (b * kSplitmixGolden));
}

// `bytes` bytes from the kernel's generator, as hex.
std::string random_token(std::size_t bytes);

}  // namespace base
