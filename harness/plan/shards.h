// Which shard runs what. Pure, and the same on every machine: whole numbers, no clock, no chance.
#pragma once

#include <cstdint>
#include <vector>

#include "harness/plan/past.h"
#include "harness/plan/plan.h"

namespace harness {

// From weights to a number below `count` for each, so that the heaviest of the `count` sums is as
// small as can be found: longest first; where that is not near the best that could be, first fit
// below a limit that is halved its way down, and for few weights a search of bounded length.
std::vector<int> divide(const std::vector<std::int64_t>& weights, int count);

// The shard of each unit, whose tests are all that it would run. Units that share a resource stay
// together. By the durations of `past`, a test without one counting as the median of its suite;
// without any duration by a hash of the unit's name, so that it does not depend on the others.
std::vector<int> shards_of(const std::vector<Unit>& units, const PastTests& past, int count);

// What each unit would take, in microseconds, a test without a duration counting as above; empty
// where no test of them has one.
std::vector<std::int64_t> weights_of(const std::vector<Unit>& units, const PastTests& past);

}  // namespace harness
