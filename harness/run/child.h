// One test process on the loop: its output comes as it is printed, and when it has ended nobody of
// it is left.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "harness/process/memory_group.h"
#include "harness/process/process.h"
#include "harness/process/strays.h"
#include "harness/run/loop.h"

namespace harness {

// Between the first signal and the KILL.
inline constexpr std::chrono::milliseconds kKillGrace{2'000};

class Child {
 public:
  struct End {
    ExitStatus status;
    bool signalled = false;  // by us: whatever it says, it did not pass
    ResourceUse use;
    std::vector<Stray> strays;
    std::string out_of_memory;  // out_of_memory() of its time; empty where it ended well
    base::MonoTime at{};
  };

  struct Handlers {
    std::function<void(std::string_view)> output;
    std::function<void(const End&)> ended;  // last; the Child may be destroyed in it
    // Processes that are not strays, whoever's they are.
    std::function<std::vector<pid_t>()> known;
  };

  // `spec.output` is set here. `memory` outlives it.
  static base::Result<std::unique_ptr<Child>> start(Loop& loop, const MemoryGroup& memory,
                                                    ProcessSpec spec, Handlers handlers);
  ~Child();
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;

  // Sends `signal` to the group, KILL after kKillGrace. Asked again, it kills at once.
  void end(int signal);

  [[nodiscard]] pid_t pid() const { return process_.pid(); }

  [[nodiscard]] bool signalled() const { return signalled_; }

 private:
  Child(Loop& loop, const MemoryGroup& memory, MemoryCounts memory_before, Process process,
        base::UniqueFd output, Handlers handlers);
  void read_output();
  void on_exit();

  Loop* loop_;
  const MemoryGroup* memory_;
  MemoryCounts memory_before_;
  Process process_;
  base::UniqueFd output_;
  Handlers handlers_;
  bool signalled_ = false;
  std::optional<Loop::Timer> kill_timer_;
};

}  // namespace harness
