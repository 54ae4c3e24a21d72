// When a launch came to its stages, on its own clock: what the cluster costs a run.
#pragma once

#include <optional>
#include <string>

#include "common/base/clock.h"

namespace harness {

struct LaunchTiming {
  base::MonoTime created;  // the Job
  std::optional<base::MonoTime> pod, container, first_test, last_result, delivered;
};

// One line for people; stages that were not reached are left out, empty where none was.
[[nodiscard]] std::string timing_text(const LaunchTiming& timing);

}  // namespace harness
