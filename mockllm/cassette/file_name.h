// From a test's name to the names of its files: none leads out of the folder, no two tests share
// one.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace mockllm {

inline constexpr std::string_view kSharedTest = "_shared";
inline constexpr std::string_view kDefaultTest = "default";  // recorded into the shared set

// The test itself where it is a plain name, with other bytes as ~HH; over 90 characters cut, with
// "~~" and 12 digits of its sha256 at the end.
std::string stem_of(std::string_view test);

// "001-1b2c3d4e5f6a.body": one of the names that a cassette's files have, and no path.
[[nodiscard]] bool is_part_name(std::string_view name);
// Without ".body" or ".json"; `number` counts from 1.
std::string part_name(std::size_t number, std::string_view sha256);

}  // namespace mockllm
