// The order in which a plan's processes are started. Pure. Tests of one process keep theirs.
#pragma once

#include <cstdint>

#include "harness/plan/past.h"
#include "harness/plan/plan.h"

namespace harness {

// What was red the last time first, then the longest first, so that nobody waits at the end for a
// long one that began late. A unit that holds a resource counts with all that will wait for it. Of
// the same length, and where nothing is known of any, in the order of the list.
void order_by_past(Plan& plan, const PastTests& past);

// The same seed gives the same order, on every machine.
void shuffle(Plan& plan, std::uint64_t seed);

}  // namespace harness
