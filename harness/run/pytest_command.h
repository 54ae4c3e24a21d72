// The process that runs the tests of one file with pytest and our plugin.
#pragma once

#include <string>

#include "harness/process/process.h"
#include "harness/run/unit_run.h"

namespace harness {

// The plugin signs its messages with `nonce`. `alias` is the process's own key of the LLM, where
// the run has one. X
ProcessSpec pytest_command(const UnitContext& context, const Task& task, const std::string& nonce,
                           const std::string& alias, int out, int in);

}  // namespace harness
