// process: child processes that cannot get away. Own process group, default signals and mask,
// /dev/null for input, no descriptor of ours, output to a file or a pipe of the caller.
//
// Doors: Process here; strays.h ends what a child left behind; memory_group.h says why the kernel
// killed one.
// The harness is a subreaper (become_subreaper()), so that what a child leaves behind comes to it.
// May include: common/base. Linux only (pidfd, prctl, close_range).
#pragma once

#include <sys/resource.h>
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
  int error_output = -1;                 // where standard error goes instead; -1: as `output`
  std::vector<std::pair<int, int>> descriptors;  // (ours, the child's number)
  std::optional<std::pair<uid_t, gid_t>> user;   // who to become

  // A small process of ours stands between: it leads the group, is the child's parent, adopts what
  // the child loses, and ends as the child ended. So a test that signals its parent, or its
  // parent's group, meets the guard and not the harness, and what it left behind can be told from
  // another test's. And where memory runs out, the kernel takes the program and not the harness.
  bool guarded = false;
};

// How a child ended.
struct ExitStatus {
  int code = 0;  // where signal is 0
  int signal = 0;

  [[nodiscard]] bool clean() const { return code == 0 && signal == 0; }

  friend bool operator==(const ExitStatus&, const ExitStatus&) = default;
};

std::string to_string(const ExitStatus& status);  // "exit code 3", "signal 11 (Segmentation fault)"

struct ResourceUse {
  std::int64_t peak_memory_bytes = 0;
  std::chrono::microseconds cpu{0};
};

// A running child, owned. Its destructor kills what is left of the group and reaps it.
class Process {
 public:
  // kNotFound: no such program (named with the PATH searched); kPermissionDenied: not executable;
  // kInvalidInput: not a program. A relative path with a slash starts from our working folder.
  static base::Result<Process> spawn(const ProcessSpec& spec);
  Process(Process&& other) noexcept;
  Process& operator=(Process&& other) noexcept;
  Process(const Process&) = delete;
  Process& operator=(const Process&) = delete;
  ~Process();

  [[nodiscard]] pid_t pid() const {
    return pid_;
  }  // the guard's where there is one; also the group's

  [[nodiscard]] int pidfd() const { return pidfd_.get(); }  // readable once the child has ended

  // The status where the child has ended; reaps it. Asked again, it answers the same.
  std::optional<ExitStatus> poll();
  // Waits until then at most.
  std::optional<ExitStatus> wait_until(const base::Clock& clock, base::MonoTime deadline);

  [[nodiscard]] ResourceUse use() const { return use_; }

  // To the whole group, as long as the child has not been reaped.
  void signal_group(int signal) const;
  // TERM, `grace`, then KILL until nobody of the group is left. For services; the runner has its
  // own ladder.
  ExitStatus stop(const base::Clock& clock, std::chrono::milliseconds grace);

 private:
  Process() = default;
  void end_now();
  void record(int wait_status, const ::rusage& use);

  pid_t pid_ = -1;
  base::UniqueFd pidfd_;
  std::optional<ExitStatus> status_;
  ResourceUse use_;
};

// Whoever lost its parent below us becomes our child.
base::Result<void> become_subreaper();

// The file that execve would run: `program` itself where it has a slash, else found in `path` (a
// PATH).
base::Result<std::string> find_program(const std::string& program, const std::string& path);

}  // namespace harness
