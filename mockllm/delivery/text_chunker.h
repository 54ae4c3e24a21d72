// Cuts a text into pieces about a token long.
#pragma once

#include <cstddef>
#include <string_view>

#include "common/base/random.h"

namespace mockllm {

// A token of English prose is about four characters.
inline constexpr std::size_t kChunkGraphemesMin = 2;
inline constexpr std::size_t kChunkGraphemesMax = 6;

// The bytes of the next piece of `text`, which is not empty and starts at a border: never 0, never
// inside a grapheme (a letter with its accents, an emoji with its modifiers, a flag).
std::size_t next_chunk(std::string_view text, base::SeededRandom& random);

}  // namespace mockllm
