// mockllm serve: builds every object, hands it down, and serves until a signal ends it.
#pragma once

#include "common/base/env.h"
#include "mockllm/exit_code.h"
#include "mockllm/options.h"

namespace mockllm {

ExitCode run_server(const ServeOptions& options, const base::Environment& environment);

}  // namespace mockllm
