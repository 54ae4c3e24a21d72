// process: child processes that cannot get away. Own process group, default signals and mask, /dev/null for
// input, no descriptor of ours, output to a file or a pipe of the caller.
//
// The harness is a subreaper (become_subreaper()), so that what a child leaves behind comes to it.
// May include: common/base. Linux only (pidfd, prctl).
#pragma once

#include <sys/types.h>

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/file.h"

namespace harness {

struct ProcessSpec {
  std::vector<std::string> argv;         // argv[0] is looked up in the child's PATH
  std::vector<std::string> environment;  // "NAME=value"; nothing else is inherited
  std::string directory;                 // working folder; empty: ours
  int output = -1;                       // both outputs go here; -1: /dev/null. Stays the caller's.
  std::vector<std::pair<int, int>> descriptors;  // (ours, the child's number)
  std::optional<std::pair<uid_t, gid_t>> user;   // who to become
};

// How a child ended.
struct ExitStatus {
  int code = 0;    // where signal is 0
  int signal = 0;
  [[nodiscard]] bool clean() const { return code == 0 && signal == 0; }
};
std::string to_string(const ExitStatus& status);  // "exit code 3", "signal 11 (Segmentation fault)"

struct ResourceUse {
  std::int64_t peak_memory_bytes = 0;
  std::chrono::microseconds cpu{0};
};

// A running child, owned. Its destructor kills what is left of the group and reaps it.
class Process {
 public:
  // kNotFound: no such program (named with the PATH searched); kPermissionDenied: not executable.
  static base::Result<Process> spawn(const ProcessSpec& spec);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t pid() const { return pid_; }
  [[nodiscard]] int pidfd() const { return pidfd_.get(); }  // readable once the child has ended
  // The status where the child has ended; reaps it. Asked again, it answers the same.
  std::optional<ExitStatus> poll();
  // Waits until then at most.
  std::optional<ExitStatus> wait_until(const base::Clock& clock, base::MonoTime deadline);
  [[nodiscard]] ResourceUse use() const { return use_; }

  // To the whole group.
  void signal_group(int signal) const;
  // TERM, `grace`, then KILL until nobody of the group is left. For services; the runner has its own ladder.
  ExitStatus stop(const base::Clock& clock, std::chrono::milliseconds grace);

 private:
  Process() = default;
  pid_t pid_ = -1;
  base::UniqueFd pidfd_;
  std::optional<ExitStatus> status_;
  ResourceUse use_;
};

// Whoever lost its parent below us becomes our child.
base::Result<void> become_subreaper();

// Every live descendant of ours that is not in `known`: what tests left behind. Each is killed and reaped,
// until none is left; the answer says who it was.
struct Stray {
  pid_t pid = 0;
  std::string command;
};
std::vector<Stray> reap_strays(const std::vector<pid_t>& known);

}  // namespace harness
