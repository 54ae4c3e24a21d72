#include "harness/run/unit_run.h"

#include "common/base/duration.h"
#include "harness/process/snapshot.h"

namespace harness {

std::string_view reason_of(Stop stop) {
  switch (stop) {
    case Stop::kNone:
      return "";
    case Stop::kFailFast:
      return "the run stops after a red test (--fail-fast)";
    case Stop::kInterrupted:
      return "the run was interrupted";
    case Stop::kOutOfTime:
      return "the run is out of time";
  }
  return "";
}

std::string hang_report(pid_t pid, std::chrono::milliseconds limit) {
  return "\n--- over its limit of " + base::format_duration(limit) + "; what it was doing ---\n" +
         snapshot_of(pid);
}

Judgement not_run(Stop why) {
  return {Outcome::kNotRun, std::string(reason_of(why)), {}, false};
}

Judgement timed_out(std::string_view what, std::chrono::milliseconds limit) {
  const std::string reason =
      std::string(what) + " did not end within " + base::format_duration(limit);
  return {Outcome::kTimedOut, reason, {{reason, reason, "", 0}}, false};
}

}  // namespace harness
