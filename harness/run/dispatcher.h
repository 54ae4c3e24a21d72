// run: from a plan to events. One loop owns the truth; attempts are state machines on it.
//
// Doors: run_tests(); event.h and journal.h for who reads what happened; settings.h.
// May include: common/{base,http,http/client,redact},
// harness/{suite,config,process,discover,plan,service}.
#pragma once

#include "harness/plan/plan.h"
#include "harness/run/journal.h"
#include "harness/run/settings.h"

namespace harness {

struct RunSummary {
  std::int64_t llm_calls = 0;
};

// Runs every unit of the plan; writes an outcome, or why there is none, for every test of it. An
// error is one of the harness itself or of mockllm before the first test.
base::Result<RunSummary> run_tests(const RunSettings& settings, const Plan& plan, Journal& journal);

}  // namespace harness
