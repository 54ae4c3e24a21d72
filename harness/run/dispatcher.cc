#include "harness/run/dispatcher.h"

#include <algorithm>
#include <csignal>
#include <list>

#include "harness/plan/order.h"
#include "harness/process/stop_signals.h"
#include "harness/run/task_queue.h"
#include "harness/run/unit_run.h"

namespace harness {
namespace {

// A signal that ends the run: results are on disk in less than this, whoever holds on.
constexpr std::chrono::milliseconds kEndTimeMax{4'500};

class Dispatcher {
 public:
  Dispatcher(const RunSettings& settings, const Plan& plan, Loop& loop, Attempts& attempts,
             Journal& journal)
      : settings_(settings),
        plan_(plan),
        loop_(loop),
        attempts_(attempts),
        journal_(journal),
        context_{settings,
                 loop,
                 attempts,
                 journal,
                 memory_,
                 [this] { return known_processes(); },
                 [this](const SuiteConfig& suite, int attempt) {
                   return attempt <= retries_of(settings_, suite) && stop_ == Stop::kNone;
                 },
                 [this](Outcome outcome, bool will_retry) { count(outcome, will_retry); }} {}

  void run();

 private:
  [[nodiscard]] std::vector<pid_t> known_processes() const;
  void fill_queue();
  void begin_next_round();
  void start_what_may();
  void start(Task task);
  void finished(std::list<std::unique_ptr<UnitRun>>::iterator unit, std::vector<PlannedTest> again);
  void count(Outcome outcome, bool will_retry);
  void stop(Stop why, const std::string& reason);
  void give_up_queue();
  [[nodiscard]] int free_worker() const;

  const RunSettings& settings_;
  Plan plan_;
  Loop& loop_;
  Attempts& attempts_;
  Journal& journal_;
  MemoryGroup memory_ = MemoryGroup::of_this_process();
  UnitContext context_;
  TaskQueue queue_;
  std::list<std::unique_ptr<UnitRun>> running_;
  std::vector<std::unique_ptr<UnitRun>>
      over_;  // ended in a callback of their own; destroyed by the loop
  Stop stop_ = Stop::kNone;
  bool abandoned_ = false;
  int red_ = 0;
  int round_ = 0;
};

std::vector<pid_t> Dispatcher::known_processes() const {
  std::vector<pid_t> known = settings_.services.pids();
  for (const std::unique_ptr<UnitRun>& unit : running_) {
    known.push_back(unit->pid());
    known.push_back(unit->debugger_pid());
  }
  return known;
}

// Each round runs every unit once; with --repeat there are several.
void Dispatcher::fill_queue() {
  if (settings_.shuffle_seed) {
    shuffle(plan_, *settings_.shuffle_seed + static_cast<unsigned>(round_));
  }
  ++round_;
  for (const Unit& unit : plan_.units) {
    Task task;
    for (const SuiteConfig& suite : settings_.config.suites) {
      task.suite = suite.name == unit.suite ? &suite : task.suite;
    }
    CHECK(task.suite != nullptr);
    task.file = unit.file;
    task.resources = unit.resources;
    for (const TestCase& test : unit.tests) {
      task.tests.push_back({test, round_});
    }
    queue_.push_back(std::move(task));
  }
}

void Dispatcher::begin_next_round() {
  const bool over = !queue_.empty() || !running_.empty() || round_ >= settings_.repeat;
  if (!over && stop_ == Stop::kNone && !(settings_.until_fail && red_ > 0)) {
    fill_queue();
  }
}

// The lowest that none of those that run has.
int Dispatcher::free_worker() const {
  int worker = 0;
  while (std::any_of(running_.begin(), running_.end(),
                     [&](const auto& unit) { return unit->task().worker == worker; })) {
    ++worker;
  }
  return worker;
}

void Dispatcher::start_what_may() {
  while (stop_ == Stop::kNone && running_.size() < static_cast<std::size_t>(settings_.jobs)) {
    std::optional<Task> task = queue_.take();
    if (!task) {
      return;
    }
    start(*std::move(task));
  }
}

void Dispatcher::start(Task task) {
  task.worker = free_worker();
  const auto place = running_.insert(running_.end(), nullptr);
  UnitRun::Done done = [this, place](std::vector<PlannedTest> again) {
    finished(place, std::move(again));
  };
  switch (task.suite->kind) {
    case SuiteKind::kGoogleTest:
      *place = make_gtest_run(context_, std::move(task), std::move(done));
      break;
    case SuiteKind::kPytest:
      *place = make_pytest_run(context_, std::move(task), std::move(done));
      break;
    case SuiteKind::kCommand:
      *place = make_command_run(context_, std::move(task), std::move(done));
      break;
  }
  // From the loop, so that a unit that ends at once does not end inside of its own start.
  loop_.post([unit = place->get()] { unit->start(); });
}

void Dispatcher::finished(std::list<std::unique_ptr<UnitRun>>::iterator unit,
                          std::vector<PlannedTest> again) {
  queue_.release((*unit)->task());
  if (!again.empty()) {
    Task task = (*unit)->task();
    task.tests = std::move(again);
    queue_.push_front(std::move(task));
  }
  over_.push_back(std::move(*unit));
  running_.erase(unit);
}

void Dispatcher::count(Outcome outcome, bool will_retry) {
  red_ += is_red(outcome) && !will_retry ? 1 : 0;
  if (settings_.fail_fast && red_ >= *settings_.fail_fast && stop_ == Stop::kNone) {
    stop(Stop::kFailFast, "");
  }
}

void Dispatcher::stop(Stop why, const std::string& reason) {
  const bool again = stop_ == Stop::kInterrupted || stop_ == Stop::kOutOfTime;
  if (!again) {
    stop_ = why;
  }
  if (!again && why != Stop::kFailFast) {
    attempts_.hurry();
    journal_.append(RunInterrupted{reason, why == Stop::kOutOfTime});
    loop_.at(loop_.clock().mono() + kEndTimeMax, [this] { abandoned_ = true; });
  }
  for (const std::unique_ptr<UnitRun>& unit : running_) {
    unit->stop(stop_);
  }
}

void Dispatcher::give_up_queue() {
  for (const Task& task : queue_.take_all()) {
    for (const PlannedTest& planned : task.tests) {
      if (planned.attempt > 1) {
        continue;  // it has an outcome
      }
      journal_.append(
          TestNotRun{planned.test.id(), std::string(reason_of(stop_)), stop_ == Stop::kFailFast});
    }
  }
}

void Dispatcher::run() {
  fill_queue();
  if (settings_.stop_fd >= 0) {
    loop_.watch(settings_.stop_fd, [this] {
      while (const std::optional<int> signal = take_stop_signal(settings_.stop_fd)) {
        stop(Stop::kInterrupted, *signal == SIGINT ? "SIGINT" : "SIGTERM");
      }
    });
  }
  const Loop::Timer limit = loop_.at(settings_.run_deadline, [this] {
    stop(Stop::kOutOfTime, "the limit of the run (--run-timeout) is over");
  });
  start_what_may();
  while (!running_.empty() && !abandoned_) {
    loop_.run_once();
    over_.clear();
    begin_next_round();
    start_what_may();
  }
  loop_.cancel(limit);
  if (settings_.stop_fd >= 0) {
    loop_.unwatch(settings_.stop_fd);
  }
  give_up_queue();
}

}  // namespace

base::Result<RunSummary> run_tests(const RunSettings& settings, const Plan& plan,
                                   Journal& journal) {
  Loop loop(settings.clock);
  base::Result<std::unique_ptr<Attempts>> attempts = Attempts::make(settings, loop, journal);
  if (!attempts) {
    return std::move(attempts).error();
  }
  for (const TestCase& test : plan.disabled) {
    AttemptFinished event;
    event.test = test.id();
    event.outcome = Outcome::kSkipped;
    event.reason = test.note;
    journal.append(std::move(event));
  }
  Dispatcher(settings, plan, loop, **attempts, journal).run();
  (*attempts)->close();
  return RunSummary{(*attempts)->llm_calls()};
}

}  // namespace harness
