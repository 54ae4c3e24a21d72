// `harness wait`: until services that others run are ready.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <vector>

#include "harness/verbs/verb.h"

namespace harness {

struct WaitOptions {
  ConfigSource config = {};
  std::vector<std::string> services = {};  // of the file; empty: all that a variable points at
  std::vector<std::string> urls = {};      // in place of the file
  std::optional<std::chrono::milliseconds> timeout = {};  // over the file's ready_timeout
  std::optional<std::chrono::milliseconds> stable_for = {};
};

// At each change of an answer, and at least every kHeartbeat: how long it has taken and may take,
// and the state of each service. At the end, for each that is not ready, what it said and when, and
// what to run next. 0 all ready, 10 one not in time, 11 one refused for good, 2 nothing to wait
// for.
int wait_verb(const WaitOptions& options, const VerbContext& context);

}  // namespace harness
