// The memory side of the control group that this process is in: why a process was killed that
// nobody of ours has killed. Both versions of control groups; a machine without them has no facts.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "harness/process/control_group.h"

namespace harness {

// What one group of the chain says; the own group first, then those above it that can be seen.
struct MemoryCount {
  std::string group;             // its path: "/kubepods/pod1/c1", "/" for the topmost that is seen
  std::int64_t limit_bytes = 0;  // 0: none
  std::int64_t limit_hits = 0;   // v1: memory.failcnt and memsw's; v2: `oom` of memory.events
  std::int64_t peak_bytes = 0;   // the most that it ever used; 0: not told
  std::optional<std::int64_t> oom_kills;  // none: a kernel that does not count them
};

using MemoryCounts = std::vector<MemoryCount>;

class MemoryGroup {
 public:
  // Found once. `root` stands before /proc and before the mounts; empty: the machine itself.
  static MemoryGroup of_this_process(const std::string& root = "");

  // Of this moment; empty where nothing can be read.
  [[nodiscard]] MemoryCounts counts() const;

 private:
  ControlGroup place_;
};

// "its control group is over its memory limit of 64 MiB (oom_kill rose from 0 to 1)"; empty where
// nobody was killed for want of memory between the two. Pure.
std::string out_of_memory(const MemoryCounts& before, const MemoryCounts& after);

}  // namespace harness
