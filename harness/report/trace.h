// trace.otlp.json: a run as one OpenTelemetry trace, in the JSON form of OTLP that a collector
// takes: the run, its phases and suites below it, each attempt below its suite.
#pragma once

#include <string>

#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

std::string trace_json(const RunResults& results, const Verdict& verdict);

}  // namespace harness
