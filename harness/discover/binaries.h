// A suite's path with * or ? in it: the GoogleTest binaries that it means, found by what they are
// and not by their names.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "common/base/error.h"

namespace harness {

// True where `path` is a pattern.
[[nodiscard]] bool is_binary_pattern(const std::string& path);

inline constexpr std::size_t kPatternFilesMax = 10'000;

// The binaries that `pattern` means, by path, sorted; relative to `directory`, as the pattern is.
// They are known by what they hold, before anything is started: what else lies in a build folder
// must not be run to find out. One that may not be run is among them, so that its tests are missed.
// kInvalidInput where a file cannot be looked at, or where the pattern means more than `files_max`.
base::Result<std::vector<std::string>> find_googletest_binaries(
    const std::string& pattern, const std::string& directory,
    std::size_t files_max = kPatternFilesMax);

}  // namespace harness
