// metrics.prom: a run in the text format of Prometheus, for its node exporter's text files or a
// push gateway. No label holds a test's name: their number has no bound.
#pragma once

#include <string>

#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

std::string metrics_text(const RunResults& results, const Verdict& verdict);

}  // namespace harness
