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

// The high and the low half of a product of 128 bits.
struct WideProduct {
  std::uint64_t high = 0;
  std::uint64_t low = 0;
};

constexpr WideProduct wide_product(std::uint64_t a, std::uint64_t b) {
  __extension__ using Wide = unsigned __int128;
  const Wide product = static_cast<Wide>(a) * b;
  return {static_cast<std::uint64_t>(product >> 64U), static_cast<std::uint64_t>(product)};
}

// A splitmix64 stream: 8 bytes of state, a few cycles a number.
class SeededRandom {
 public:
  explicit SeededRandom(std::uint64_t seed) : state_(seed) {}

  std::uint64_t next() { return splitmix_finish(state_ += kSplitmixGolden); }

  // Uniform in [0, limit), to within limit / 2^64; `limit` is not 0.
  std::uint64_t below(std::uint64_t limit) { return wide_product(next(), limit).high; }

  // Appends `count` characters out of `alphabet`, of 1 to 64 characters.
  void append(std::string& text, std::size_t count, std::string_view alphabet);

 private:
  std::uint64_t state_;
};

// One well-mixed number out of two; chain it to seed from several parts. Two folded products, as
// wyhash does: every value of every request goes through it.
constexpr std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  constexpr std::uint64_t kFirst = 0x2D358DCCAA6C78A5U;
  constexpr std::uint64_t kSecond = 0x8BB84B93962EACC9U;
  const WideProduct once = wide_product(a ^ kFirst, b ^ kSecond);
  const WideProduct twice = wide_product(once.low ^ kFirst, once.high ^ kSecond);
  return twice.low ^ twice.high;
}

// `bytes` bytes from the kernel's generator, as hex.
std::string random_token(std::size_t bytes);

}  // namespace base
