// One process of a plan's unit on its way from start to end. Siblings: gtest_run.cc,
// pytest_run.cc, command_run.cc.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/attempts.h"
#include "harness/run/stacks.h"

namespace harness {

// Why a run, or a part of it, does not go on.
enum class Stop { kNone, kFailFast, kInterrupted, kOutOfTime };
std::string_view reason_of(Stop stop);  // "the run was interrupted"

// A test and the number of its next attempt.
struct PlannedTest {
  TestCase test;
  int attempt = 1;
};

// What one process is asked for.
struct Task {
  const SuiteConfig* suite = nullptr;
  std::string file;                    // pytest
  std::vector<std::string> resources;  // no two tasks that name the same one run at a time
  int worker = 0;  // from 0, fewer than `jobs`: no two that run at a time have the same
  std::vector<PlannedTest> tests;
};

// What a unit needs of the run. All outlive it.
struct UnitContext {
  const RunSettings& settings;
  Loop& loop;
  Attempts& attempts;
  Journal& journal;
  const MemoryGroup& memory;
  std::function<std::vector<pid_t>()> known;  // processes that are not strays
  std::function<bool(const SuiteConfig&, int attempt)> may_retry;
  std::function<void(Outcome, bool will_retry)> told;  // an attempt's outcome was written
};

class UnitRun {
 public:
  // The tests that still want a process: those to be retried, those that a dead process left over.
  using Done = std::function<void(std::vector<PlannedTest>)>;

  virtual ~UnitRun() = default;
  virtual void start() = 0;
  // Ends what is running; asked again, without grace. `done` is still called.
  virtual void stop(Stop why) = 0;
  [[nodiscard]] virtual pid_t pid() const = 0;  // -1: none

  // Of what looks at its process for us; -1: none.
  [[nodiscard]] virtual pid_t debugger_pid() const { return -1; }

  [[nodiscard]] virtual const Task& task() const = 0;
};

std::unique_ptr<UnitRun> make_gtest_run(const UnitContext& context, Task task, UnitRun::Done done);
std::unique_ptr<UnitRun> make_pytest_run(const UnitContext& context, Task task, UnitRun::Done done);
std::unique_ptr<UnitRun> make_command_run(const UnitContext& context, Task task,
                                          UnitRun::Done done);

// What a test that is over its limit, soft or hard, was doing, for its log. `pid` is its guard's.
std::string hang_report(pid_t pid, std::chrono::milliseconds limit);

// The limits of one test of a suite: at the soft one what it is doing goes to its log, at the hard
// one too where that was not done yet, and then it is ended. Not for pytest, which shows its stacks
// itself.
class Limits {
 public:
  // All outlive it; `child` lives until this is destroyed.
  Limits(const UnitContext& context, const SuiteConfig& suite, const Attempt& attempt,
         Child& child);
  ~Limits();
  Limits(const Limits&) = delete;
  Limits& operator=(const Limits&) = delete;

  [[nodiscard]] bool late() const { return late_; }

  [[nodiscard]] pid_t debugger_pid() const { return stacks_ ? stacks_->pid() : -1; }

 private:
  void at(std::chrono::milliseconds time, std::function<void()> then);
  void show(std::chrono::milliseconds limit, std::function<void()> then);
  void end();

  const UnitContext& context_;
  const Attempt& attempt_;
  Child& child_;
  std::chrono::milliseconds hard_;
  std::optional<Loop::Timer> timer_;
  std::unique_ptr<Stacks> stacks_;
  bool shown_ = false;
  bool late_ = false;
};

// The judgement of an attempt that was ended because the run was.
Judgement not_run(Stop why);
Judgement timed_out(std::string_view what, std::chrono::milliseconds limit);

}  // namespace harness
