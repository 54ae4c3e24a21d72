// One process of a plan's unit on its way from start to end. Siblings: gtest_run.cc,
// pytest_run.cc, command_run.cc.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "harness/run/attempts.h"

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
  std::string file;  // pytest
  bool serial = false;
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
  [[nodiscard]] virtual const Task& task() const = 0;
};

std::unique_ptr<UnitRun> make_gtest_run(const UnitContext& context, Task task, UnitRun::Done done);
std::unique_ptr<UnitRun> make_pytest_run(const UnitContext& context, Task task, UnitRun::Done done);
std::unique_ptr<UnitRun> make_command_run(const UnitContext& context, Task task,
                                          UnitRun::Done done);

// What a test that is over its limit was doing, for its log. `pid` is its guard's.
std::string hang_report(pid_t pid, std::chrono::milliseconds limit);

// The judgement of an attempt that was ended because the run was.
Judgement not_run(Stop why);
Judgement timed_out(std::string_view what, std::chrono::milliseconds limit);

}  // namespace harness
