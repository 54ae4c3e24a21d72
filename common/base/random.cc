#include "common/base/random.h"

#include <sys/random.h>

#include "common/base/check.h"
#include "common/base/digest.h"

namespace base {

void SeededRandom::append(std::string& text, std::size_t count, std::string_view alphabet) {
  // A character takes at most 6 bits of a number, so that 8 of them leave 16 bits against bias.
  constexpr std::size_t kCharactersPerNumber = 8;
  std::uint64_t rest = 0;
  for (std::size_t i = 0; i < count; ++i) {
    const WideProduct product =
        wide_product(i % kCharactersPerNumber == 0 ? next() : rest, alphabet.size());
    text += alphabet[product.high];
    rest = product.low;
  }
}

std::string random_token(std::size_t bytes) {
  std::string raw(bytes, '\0');
  CHECK(getrandom(raw.data(), raw.size(), 0) == static_cast<ssize_t>(raw.size()));
  return to_hex(raw);
}

}  // namespace base
