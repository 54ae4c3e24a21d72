// history: what earlier runs tell a later one.
//
// Doors: tests_to_rerun(), ids_shown_as() and past_tests_of() for the run in a report folder;
// durations.h for what runs hand on from one to the next; database.h and recent.h for those that a
// PostgreSQL keeps. May include: common/base, harness/{suite,config,plan,run (event.h,
// journal.h),verdict}.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "harness/plan/past.h"
#include "harness/run/journal.h"
#include "harness/suite/test_case.h"

namespace harness {

// --rerun-failed: ids of the tests that were red, flaky, or have no outcome at all, in the run
// whose journal lies in the folder. kNotFound where there is no journal.
base::Result<std::set<std::string>> tests_to_rerun(const std::string& report_directory);

// `names` and the ids of those `tests` that `journal` calls by one of them, as those of the former
// run were called. Names the tests in their order, which is the same in all shards.
std::optional<std::set<std::string>> ids_shown_as(std::optional<std::set<std::string>> names,
                                                  const std::vector<TestCase>& tests,
                                                  Journal& journal);

// What the folder knows of tests; nothing where it knows nothing. Read before it is cleared.
PastTests past_tests_of(const std::string& report_directory);

}  // namespace harness
