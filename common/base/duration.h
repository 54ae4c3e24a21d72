// Durations as people write them in flags and files.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace base {

// "250ms", "30s", "2m", "1h": a whole, non-negative number and a unit, at most a year.
Result<std::chrono::milliseconds> parse_duration(std::string_view text);

// The shortest exact form of the same kind: 90000 ms is "90s".
std::string format_duration(std::chrono::milliseconds duration);

}  // namespace base
