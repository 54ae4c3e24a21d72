// The stacks of every thread of a test, asked of gdb, beside what /proc tells without it. Of a test
// that is over its soft or its hard limit.
//
// gdb is a child of ours with a deadline of its own: it costs a run at most kStacksTime, and
// nothing where it is not installed.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "harness/process/process.h"
#include "harness/run/loop.h"

namespace harness {

inline constexpr std::chrono::milliseconds kStacksTime{10'000};
inline constexpr std::size_t kStacksBytesMax = 256 * 1024;

class Stacks {
 public:
  // Looks at the processes below `guard`. `path` is a PATH: there gdb is looked for. `done` is
  // called once, from the loop, unless this object goes before; where there is no gdb at once, with
  // why.
  Stacks(Loop& loop, pid_t guard, const std::string& path,
         std::function<void(const std::string&)> done);
  ~Stacks();  // ends gdb, and the test goes on
  Stacks(const Stacks&) = delete;
  Stacks& operator=(const Stacks&) = delete;

  // Where the test has ended meanwhile: what gdb has said by now, and no call of `done` any more.
  std::string break_off();

  [[nodiscard]] pid_t pid() const { return gdb_ ? gdb_->pid() : -1; }

 private:
  std::string start(pid_t guard, const std::string& path);
  bool read_output();  // false at its end
  void finish(const std::string& note);

  Loop& loop_;
  std::function<void(const std::string&)> done_;
  std::optional<Process> gdb_;
  base::UniqueFd output_;
  std::string text_;
  std::optional<Loop::Timer> deadline_;
};

}  // namespace harness
