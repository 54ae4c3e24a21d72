// --rerun-failed: what was red in the run whose journal lies in the report folder.
#pragma once

#include <optional>
#include <set>
#include <string>

#include "common/base/error.h"

namespace harness {

// Ids of its tests that were red, or have no outcome at all; nullopt where that is not `wanted`.
// kNotFound where there is no journal.
base::Result<std::optional<std::set<std::string>>> tests_to_rerun(
    bool wanted, const std::string& report_directory);

}  // namespace harness
