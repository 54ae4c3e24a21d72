// What the threads of a process group wait for, out of /proc: shown of a test that is over its
// limit, before it is ended.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace harness {

// `pid` and everything below it, whatever group or session it has moved to.
std::vector<pid_t> process_tree(pid_t pid);

// Lines for people: each process below `pid` with its command, each of its threads with its state
// and the call of the kernel that it is in. At most kSnapshotBytesMax.
std::string snapshot_of(pid_t pid);

inline constexpr std::size_t kSnapshotBytesMax = 64 * 1024;

}  // namespace harness
