// What others than the report folder are told of a run: GitHub, and a file that monitoring
// collects. What keeps one of them away is said, and is no part of the verdict.
#pragma once

#include <string>
#include <vector>

#include "common/base/env.h"
#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

struct CopyTargets {
  std::string metrics_file;  // empty: none
  int out = 1;               // where GitHub reads workflow commands
};

// Why a copy could not be made, a sentence each.
std::vector<std::string> write_copies(const RunResults& results, const Verdict& verdict,
                                      const CopyTargets& targets,
                                      const base::Environment& environment);

}  // namespace harness
