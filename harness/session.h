// A run from its configuration to its exit code, and the list that it would run.
#pragma once

#include "harness/options.h"

namespace harness {

struct SessionContext {
  const base::Environment& environment;
  const base::Clock& clock;
  std::string own_path;  // of this program: mockllm is looked for beside it
  int stop_fd = -1;      // StopSignals::fd()
  int out = 1;
  int err = 2;
  bool json = false;
};

// Each ends with one of contracts 9.
int run_session(const RunOptions& options, const SessionContext& context);
int list_session(const ListOptions& options, const SessionContext& context);

}  // namespace harness
