// One spelling for each JSON value, so that a hash of it does not depend on who wrote it.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace mockllm {

inline constexpr std::size_t kCanonicalJsonDepthMax = 128;

// Keys sorted by their bytes, no white space, the fewest escapes, numbers as written; of two equal
// keys the last one stays. Equal for two spellings of one value. kInvalidInput, with the offset,
// where it is not JSON (RFC 8259) or nested deeper than kCanonicalJsonDepthMax. Never recurses.
base::Result<std::string> canonical_json(std::string_view json);

// "sha256:<64 hex digits>" of the canonical form; of the bytes themselves where they are not JSON.
std::string request_hash(std::string_view json);

}  // namespace mockllm
