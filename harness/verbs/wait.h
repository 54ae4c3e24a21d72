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
  std::vector<std::string> urls = {};      // in place of the file: postgresql://, redis://, http://
  std::optional<std::chrono::milliseconds> timeout = {};  // over the file's ready_timeout
  std::chrono::milliseconds stable_for{0};
};

// A line on stderr for each change of a service's answer. 0 all ready, 10 one not in time, 11 one
// refused for good, 2 nothing to wait for.
int wait_verb(const WaitOptions& options, const VerbContext& context);

}  // namespace harness
