// The moment between fork and exec: only calls that are safe there, no memory taken, no lock.
#pragma once

#include <sys/types.h>

#include <cstddef>

namespace harness {

// Everything the child needs, laid out before the fork.
struct Launch {
  const char* program = nullptr;
  char* const* argv = nullptr;
  char* const* environment = nullptr;
  const char* directory = nullptr;  // null: ours
  int output = -1;                  // valid
  int error_output = -1;            // valid
  int input = -1;                   // /dev/null
  const int* sources = nullptr;     // `descriptors` of ours ...
  const int* targets = nullptr;     // ... and the child's numbers for them, ascending
  std::size_t descriptors = 0;
  bool change_user = false;
  bool expendable = false;  // the first to be killed where memory runs out
  uid_t user = 0;
  gid_t group = 0;
  int failure =
      -1;  // the writing end of a close-on-exec pipe: a LaunchFailure where exec did not happen
};

enum class LaunchStep : int { kFork, kGroup, kUser, kDirectory, kDescriptors, kExec };

struct LaunchFailure {
  LaunchStep step = LaunchStep::kExec;
  int error_number = 0;
};

// Starts the program as the leader of a group of its own. Returns its pid, or -1 and errno.
pid_t launch(const Launch& launch);

// The same below a guard (see ProcessSpec::guarded), whose pid is returned.
pid_t launch_guarded(const Launch& launch);

}  // namespace harness
