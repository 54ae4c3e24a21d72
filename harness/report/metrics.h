// metrics.prom: a run in the text format of Prometheus, for its node exporter's text files or a
// push gateway. No label holds a test's name: their number has no bound.
#pragma once

#include <array>
#include <string>

#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

// Seconds of one test: from a unit test to one that waits for a service.
inline constexpr std::array kDurationBuckets{0.001, 0.005, 0.01, 0.05, 0.1,  0.5,
                                             1.0,   5.0,   10.0, 30.0, 60.0, 300.0};

std::string metrics_text(const RunResults& results, const Verdict& verdict);

}  // namespace harness
