#include "common/base/random.h"

#include <sys/random.h>

#include "common/base/check.h"
#include "common/base/digest.h"

namespace base {
namespace {

constexpr std::uint64_t kGolden = 0x9E3779B97F4A7C15U;

std::uint64_t finish(std::uint64_t value) {
  value = (value ^ (value >> 30U)) * 0xBF58476D1CE4E5B9U;
  value = (value ^ (value >> 27U)) * 0x94D049BB133111EBU;
  return value ^ (value >> 31U);
}

}  // namespace

std::uint64_t SeededRandom::next() {
  state_ += kGolden;
  return finish(state_);
}

std::uint64_t SeededRandom::below(std::uint64_t limit) {
  // The bias of a 64-bit modulo is below 2^-32 for every limit used here.
  return next() % limit;
}

void SeededRandom::append(std::string& text, std::size_t count, std::string_view alphabet) {
  for (std::size_t i = 0; i < count; ++i) {
    text += alphabet[below(alphabet.size())];
  }
}

std::uint64_t mix(std::uint64_t a, std::uint64_t b) {
  return finish(finish(a + kGolden) ^ (b * kGolden));
}

std::string random_token(std::size_t bytes) {
  std::string raw(bytes, '\0');
  CHECK(getrandom(raw.data(), raw.size(), 0) == static_cast<ssize_t>(raw.size()));
  return to_hex(raw);
}

}  // namespace base
