// durations.json: how long each test took and whether it was red, handed on from run to run beside
// the reports. A test that a run did not start keeps what was known of it.
#pragma once

#include <chrono>
#include <cstddef>
#include <string>

#include "common/base/error.h"
#include "harness/plan/past.h"
#include "harness/verdict/results.h"

namespace harness {

inline constexpr const char* kDurationsFile = "durations.json";
// Of tests that are gone nobody tells: above this, those of the last run alone are kept.
inline constexpr std::size_t kPastTestsMax = 500'000;

// Of an attempt that took `ms`, within what such a file holds.
std::chrono::microseconds duration_of(double ms);

// What the results tell of tests that ran goes into `past`, in place of what it had.
void learn(const RunResults& results, PastTests& past);

// A report folder, its journal, or such a file: --durations. kInvalidInput where it is none.
base::Result<PastTests> read_durations(const std::string& path);

// The folder's file, with what `results` tell.
base::Result<void> update_durations(const std::string& directory, const RunResults& results);

std::string to_json(const PastTests& past);

}  // namespace harness
