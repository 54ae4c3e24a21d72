#include "harness/process/cpus.h"

#include <sched.h>

#include <algorithm>

#include "common/base/text.h"
#include "harness/process/control_group.h"

namespace harness {
namespace {

std::optional<double> quota_of(const ControlGroup::Level& level, bool unified) {
  std::optional<std::int64_t> quota;
  std::optional<std::int64_t> period;
  if (unified) {
    const std::string text = fact_of(level.folder + "/cpu.max");  // "50000 100000", "max 100000"
    const std::size_t blank = text.find(' ');
    if (blank != std::string::npos) {
      quota = number_in(std::string_view(text).substr(0, blank));
      period = number_in(std::string_view(text).substr(blank + 1));
    }
  } else {
    quota = number_in(fact_of(level.folder + "/cpu.cfs_quota_us"));  // -1: none
    period = number_in(fact_of(level.folder + "/cpu.cfs_period_us"));
  }
  if (!quota || !period || *quota <= 0 || *period <= 0) {
    return std::nullopt;
  }
  return static_cast<double>(*quota) / static_cast<double>(*period);
}

}  // namespace

std::optional<double> cpu_quota(const std::string& root) {
  const ControlGroup group = find_control_group(root, "cpu");
  std::optional<double> smallest;
  for (const ControlGroup::Level& level : group.levels) {
    if (const std::optional<double> quota = quota_of(level, group.unified)) {
      smallest = std::min(*quota, smallest.value_or(*quota));
    }
  }
  return smallest;
}

int usable_cpus() {
  cpu_set_t set;
  CPU_ZERO(&set);
  const int allowed = ::sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
  const std::optional<double> quota = cpu_quota();
  return std::max(1, quota ? std::min(allowed, static_cast<int>(*quota)) : allowed);
}

}  // namespace harness
