// One run as a Job: applied, watched, heard, collected, judged and removed.
#pragma once

#include <chrono>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/env.h"
#include "harness/kube/access.h"

namespace harness {

struct LaunchOptions {
  KubeAccessSource cluster = {};
  std::string namespace_name = {};  // empty: the context's
  std::string template_file = "scripts/ci/test-job-template.yaml";
  std::string image = {};
  std::string image_pull_policy = "IfNotPresent";
  std::string name = "drydock-run";  // of the Job, before a random end
  std::string cpu_limit = "1";
  std::string memory_limit = "1Gi";
  int retries = 0;  // of a pod that something else than its tests ended
  std::chrono::milliseconds deadline = std::chrono::minutes(20);
  std::chrono::milliseconds pending_timeout = std::chrono::seconds(30);  // what may pass, and stays
  std::string report_directory = "build/reports";
  std::string pod_report_directory = "/drydock/build/reports";
  bool keep_on_failure = false;
  std::vector<std::string> arguments = {};  // for `harness run` in the pod
};

struct LaunchContext {
  const base::Environment& environment;
  const base::Clock& clock;
  int stop_fd = -1;  // StopSignals::fd()
  int out = 1;
  int err = 2;
};

// The run's own exit code; where there is none: 2 for what the user can mend before anything was
// made, 11 for a pod that cannot start, 20 after a signal, 21 after the deadline, 31 where records
// are missing after every way was tried.
int launch_run(const LaunchOptions& options, const LaunchContext& context);

}  // namespace harness
