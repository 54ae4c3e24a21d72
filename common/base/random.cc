#include "common/base/random.h"

#include <sys/random.h>

#include "common/base/check.h"
#include "common/base/digest.h"

namespace base {

std::uint64_t SeededRandom::next() {
  state_ += kSplitmixGolden;
  return splitmix_finish(state_);
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

std::string random_token(std::size_t bytes) {
  std::string raw(bytes, '\0');
  CHECK(getrandom(raw.data(), raw.size(), 0) == static_cast<ssize_t>(raw.size()));
  return to_hex(raw);
}

}  // namespace base
