// `harness services up|down`: the file's local services for a developer, without a run.
#pragma once

#include <string>
#include <vector>

#include "harness/verbs/verb.h"

namespace harness {

struct ServicesOptions {
  ConfigSource config = {};
  std::vector<std::string> services = {};  // empty: all
  std::string mockllm = {};                // path of the binary; empty: found in PATH
  std::string report_directory = {};  // --report-dir, over the file's; holds logs and the state
  bool detach = false;
};

// Prints `export NAME='value'` lines, passwords included, and keeps the services until SIGINT or
// SIGTERM; with `detach` a background process keeps them and this returns. Call it before any
// thread is started. 0, or 10 and 11 as `wait`.
int services_up_verb(const ServicesOptions& options, const VerbContext& context);

// Ends what `services up --detach` started, and nothing else: a process that only has the same
// number is left alone. 0 also where nothing runs.
int services_down_verb(const ServicesOptions& options, const VerbContext& context);

}  // namespace harness
