// --rerun-failed: what was red in the run whose journal lies in the report folder.
#pragma once

#include <set>
#include <string>

#include "common/base/error.h"

namespace harness {

// Ids of its tests that were red, or have no outcome at all. kNotFound where there is no journal.
base::Result<std::set<std::string>> red_tests_of(const std::string& report_directory);

}  // namespace harness
