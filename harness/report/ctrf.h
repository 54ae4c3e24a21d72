// ctrf.json: the Common Test Report Format (ctrf.io). What it has no word for is in `extra`.
#pragma once

#include <string>

#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

std::string ctrf_json(const RunResults& results, const Verdict& verdict);

}  // namespace harness
