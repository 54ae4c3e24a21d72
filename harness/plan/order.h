// The order in which a plan's processes are started. Pure.
#pragma once

#include <cstdint>

#include "harness/plan/plan.h"

namespace harness {

// The same seed gives the same order, on every machine. Tests of one process keep theirs.
void shuffle(Plan& plan, std::uint64_t seed);

}  // namespace harness
