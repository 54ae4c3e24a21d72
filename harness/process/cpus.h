// How many CPUs this process may use: what a pod is given, not what its machine has.
#pragma once

#include <optional>
#include <string>

namespace harness {

// CPUs by the quota of the control group and of those above it; none where there is no quota.
// `root` as for find_control_group().
std::optional<double> cpu_quota(const std::string& root = "");

// At least 1: the CPUs that this process may run on, or fewer where its quota is smaller.
int usable_cpus();

}  // namespace harness
