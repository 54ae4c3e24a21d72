// What a run writes down of its list of tests.
#pragma once

#include "harness/plan/filter.h"
#include "harness/plan/plan.h"
#include "harness/run/event.h"
#include "harness/selection.h"

namespace harness {

// With the tests that `filter` selects and another shard runs, so that the shards of a run can be
// proved to add up, and the tests of a missing one be named.
TestsListed list_event(const Discovery& discovery, const Plan& plan, const Filter& filter);

}  // namespace harness
