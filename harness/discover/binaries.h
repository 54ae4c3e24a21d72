// A suite's path with * or ? in it: the GoogleTest binaries that it means, found by what they are
// and not by their names.
#pragma once

#include <string>
#include <vector>

namespace harness {

// True where `path` is a pattern.
[[nodiscard]] bool is_binary_pattern(const std::string& path);

// True of a program that holds GoogleTest or is linked to it. Asked before anything is started:
// what else lies in a build folder must not be run to find out.
[[nodiscard]] bool is_googletest_binary(const std::string& path);

// The binaries that `pattern` means, by path, sorted. Relative to `directory`, as the pattern is.
std::vector<std::string> find_googletest_binaries(const std::string& pattern,
                                                  const std::string& directory);

}  // namespace harness
