#include "harness/process/memory_group.h"

#include <string_view>

#include "common/base/text.h"

namespace harness {
namespace {

// A charge that fails asks for some pages at once, so the most that was used may stay this far
// below the limit.
constexpr std::int64_t kPeakSlack = 1024 * 1024;
// Version 1 writes "no limit" as the largest number of pages; no machine has this much memory.
constexpr std::int64_t kNoLimit = std::int64_t{1} << 60U;

// "oom_kill 3" among such lines.
std::optional<std::int64_t> number_of(std::string_view lines, std::string_view name) {
  for (const std::string_view line : base::split(lines, '\n')) {
    if (line.starts_with(name) && line.size() > name.size() && line[name.size()] == ' ') {
      return number_in(line.substr(name.size() + 1));
    }
  }
  return std::nullopt;
}

// Where memory and memory with swap have one limit, as in a pod, only the second one counts.
std::int64_t hits_of_version_1(const std::string& folder) {
  return number_in(fact_of(folder + "/memory.failcnt")).value_or(0) +
         number_in(fact_of(folder + "/memory.memsw.failcnt")).value_or(0);
}

std::string in_units(std::int64_t bytes) {
  constexpr std::int64_t kUnit = 1024;
  const char* unit = " bytes";
  for (const char* next : {" KiB", " MiB", " GiB", " TiB"}) {
    if (bytes < kUnit || bytes % kUnit != 0) {
      break;
    }
    bytes /= kUnit;
    unit = next;
  }
  return std::to_string(bytes) + unit;
}

std::string rose(std::string_view what, std::int64_t from, std::int64_t to) {
  return std::string(what) + " rose from " + std::to_string(from) + " to " + std::to_string(to);
}

}  // namespace

MemoryGroup MemoryGroup::of_this_process(const std::string& root) {
  MemoryGroup group;
  group.place_ = find_control_group(root, "memory");
  return group;
}

MemoryCounts MemoryGroup::counts() const {
  MemoryCounts counts;
  for (const ControlGroup::Level& level : place_.levels) {
    MemoryCount count;
    count.group = level.group;
    const std::string limit =
        fact_of(level.folder + (place_.unified ? "/memory.max" : "/memory.limit_in_bytes"));
    const std::string events =
        fact_of(level.folder + (place_.unified ? "/memory.events" : "/memory.oom_control"));
    if (limit.empty() && events.empty()) {
      continue;  // the topmost group of version 2 has neither
    }
    const std::int64_t bytes = number_in(limit).value_or(0);
    count.limit_bytes = bytes < kNoLimit ? bytes : 0;
    count.oom_kills = number_of(events, "oom_kill");
    count.limit_hits =
        place_.unified ? number_of(events, "oom").value_or(0) : hits_of_version_1(level.folder);
    count.peak_bytes =
        number_in(fact_of(level.folder +
                          (place_.unified ? "/memory.peak" : "/memory.max_usage_in_bytes")))
            .value_or(0);
    counts.push_back(std::move(count));
  }
  return counts;
}

std::string out_of_memory(const MemoryCounts& before, const MemoryCounts& after) {
  if (before.size() != after.size() || after.empty()) {
    return "";
  }
  // Version 1 counts a kill where the victim was, version 2 there and above: the own group has it.
  const std::int64_t from = before.front().oom_kills.value_or(0);
  const std::int64_t to = after.front().oom_kills.value_or(0);
  const bool counted = before.front().oom_kills && after.front().oom_kills;
  if (counted && to <= from) {
    return "";
  }
  // The limit that was hit is the lowest that was reached meanwhile.
  for (std::size_t i = 0; i < after.size(); ++i) {
    // Newer kernels have stopped counting the hits of version 1: there the peak tells.
    const bool hit = after[i].limit_hits > before[i].limit_hits ||
                     (counted && after[i].peak_bytes + kPeakSlack >= after[i].limit_bytes);
    if (after[i].limit_bytes == 0 || !hit) {
      continue;
    }
    return (i == 0 ? "its control group" : "the control group " + after[i].group + " above it") +
           " is over its memory limit of " + in_units(after[i].limit_bytes) + " (" +
           (counted ? rose("oom_kill", from, to)
                    : rose("failcnt", before[i].limit_hits, after[i].limit_hits)) +
           ")";
  }
  if (!counted) {
    return "";
  }
  return "the machine, or a control group above those that can be seen, is out of memory (" +
         rose("oom_kill", from, to) + ")";
}

}  // namespace harness
