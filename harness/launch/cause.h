// launch: a run as a Job: template in, results out, and one sentence for whatever went wrong
// between.
//
// Doors: launch.h does it all; template.h and cause.h are its pure parts.
// May include: common/{base,yaml}, harness/{suite,handover,kube,run,verdict,report}.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/suite/exit_code.h"

namespace harness {

// Whose it is to mend.
enum class CauseClass { kYours, kInfrastructure, kCluster };
[[nodiscard]] std::string_view name_of(CauseClass cause_class);  // "yours", "infrastructure", ...

// Why a Job's pod does not run, or did not come to its end, in one sentence.
struct Cause {
  CauseClass cause_class = CauseClass::kYours;
  std::string sentence;  // "image drydock/harness:x cannot be pulled: not found"
  std::string remedy;
  // Waiting may help: told at once, ends the launch only when it has lasted.
  bool may_pass = false;
  // What the launch ends with, where no verdict of the run says otherwise.
  ExitCode exit_code = ExitCode::kServiceRefused;

  friend bool operator==(const Cause&, const Cause&) = default;
};

// What is known of one Job, as the API has it; null where it is not known yet or gone.
struct JobState {
  nlohmann::json job;
  nlohmann::json pod;                  // the newest of the Job
  bool pod_deleted = false;            // a watch told so
  std::vector<nlohmann::json> events;  // of Job and pod, oldest first
};

// Pure. nullopt: nothing is wrong, as far as is known.
[[nodiscard]] std::optional<Cause> cause_of(const JobState& state);

}  // namespace harness
