// The process that runs the tests of one file with pytest and our plugin.
#pragma once

#include <string>

#include "harness/process/process.h"
#include "harness/run/unit_run.h"

namespace harness {

// The plugin signs its messages with `nonce`. `alias` is the process's own key of the LLM, where
// the run has one.
ProcessSpec pytest_command(const UnitContext& context, const Task& task, const std::string& nonce,
                           const std::string& alias, int out, int in);

// Python writes the stacks of its threads to its outputs when asked, whatever they wait for; the
// answer is what /proc tells.
// Before it has loaded our plugin Python would end at that: `asked` is false where it may not.
std::string ask_for_stacks(pid_t guard, std::chrono::milliseconds limit, bool asked);

// Coverage files are those of a process, so they go to the artifacts of its last test. Nothing
// where the suite collects none.
void hand_over_coverage(const UnitContext& context, const std::string& nonce,
                        const Attempt& attempt);

}  // namespace harness
