// A session's name, "<run>.<test>.<attempt>", and its parts. Contract: contracts 2.
#pragma once

#include <cstddef>
#include <string_view>

namespace mockllm {

inline constexpr std::size_t kSessionNameBytesMax = 128;
inline constexpr std::size_t kRunNameBytesMax = 24;
inline constexpr std::string_view kDefaultSession = "default";

// [A-Za-z0-9._~-], 1 to kSessionNameBytesMax bytes, and neither "." nor "..".
[[nodiscard]] bool is_session_name(std::string_view name);

// The part of a session's name that seeds what it answers and names its cassette: <test> of
// "<run>.<test>.<attempt>", any other name as a whole.
[[nodiscard]] std::string_view test_of(std::string_view session_name);

}  // namespace mockllm
