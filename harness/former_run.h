// --rerun-failed: what was red in the run whose journal lies in the report folder.
#pragma once

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "common/base/error.h"
#include "harness/run/journal.h"
#include "harness/suite/test_case.h"

namespace harness {

// Ids of its tests that were red, or have no outcome at all; nullopt where that is not `wanted`.
// kNotFound where there is no journal.
base::Result<std::optional<std::set<std::string>>> tests_to_rerun(
    bool wanted, const std::string& report_directory);

// The ids of those `tests` that `journal` calls by one of `names`, as those of the former run were
// called. Names the tests in their order, which is the same in all shards.
std::optional<std::set<std::string>> ids_shown_as(const std::optional<std::set<std::string>>& names,
                                                  const std::vector<TestCase>& tests,
                                                  Journal& journal);

}  // namespace harness
