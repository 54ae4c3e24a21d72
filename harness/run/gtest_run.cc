#include <sys/stat.h>
#include <unistd.h>

#include <csignal>

#include "common/base/random.h"
#include "harness/discover/discover.h"
#include "harness/run/gtest_result.h"
#include "harness/run/unit_run.h"

namespace harness {
namespace {

constexpr std::size_t kReportBytesMax = 64 * 1024 * 1024;
constexpr std::size_t kNameBytes = 16;

// One process, one test.
class GtestUnit final : public UnitRun {
 public:
  GtestUnit(const UnitContext& context, Task task, Done done)
      : context_(context),
        task_(std::move(task)),
        done_(std::move(done)),
        limit_(test_limit(context.settings, *task_.suite)),
        // A name that the test cannot guess: it must not write its own report.
        report_(context.settings.private_directory + "/" + base::random_token(kNameBytes)) {}

  void start() override {
    const PlannedTest& planned = task_.tests.front();
    attempt_ = context_.attempts.begin(planned.test, planned.attempt, {});
    context_.attempts.prepare(*attempt_, context_.loop.clock().mono() + limit_,
                              [this](const std::string& trouble) { run(trouble); });
  }

  void stop(Stop why) override {
    stop_ = why;
    if (child_ && why != Stop::kFailFast) {
      child_->end(SIGTERM);
    }
  }

  [[nodiscard]] pid_t pid() const override { return child_ ? child_->pid() : -1; }

  [[nodiscard]] pid_t debugger_pid() const override {
    return limits_ ? limits_->debugger_pid() : -1;
  }

  [[nodiscard]] const Task& task() const override { return task_; }

 private:
  void run(const std::string& trouble);
  [[nodiscard]] ProcessSpec spec() const;
  void ended(const Child::End& end);
  [[nodiscard]] Judgement judge(const Child::End& end) const;
  void settle(AttemptEnd end);

  UnitContext context_;
  Task task_;
  Done done_;
  std::chrono::milliseconds limit_;
  std::string report_;
  std::unique_ptr<Attempt> attempt_;
  std::unique_ptr<Child> child_;
  std::optional<Limits> limits_;
  Stop stop_ = Stop::kNone;
  bool late_ = false;
};

void GtestUnit::run(const std::string& trouble) {
  if (stop_ != Stop::kNone) {
    settle({not_run(stop_), {}, {}});
    return;
  }
  context_.attempts.started(*attempt_);
  if (!trouble.empty()) {
    settle({{Outcome::kEnvironment, trouble, {}, false}, {}, {}});
    return;
  }
  Child::Handlers handlers;
  handlers.output = [this](std::string_view bytes) { attempt_->log->write(bytes); };
  handlers.ended = [this](const Child::End& end) { ended(end); };
  handlers.known = context_.known;
  base::Result<std::unique_ptr<Child>> child =
      Child::start(context_.loop, context_.memory, spec(), std::move(handlers));
  if (!child) {
    settle({{Outcome::kFailed, child.error().message, {}, false}, {}, {}});
    return;
  }
  child_ = std::move(*child);
  limits_.emplace(context_, *task_.suite, *attempt_, *child_);
}

ProcessSpec GtestUnit::spec() const {
  base::Environment environment =
      context_.attempts.environment(*task_.suite, task_.worker, *attempt_);
  environment.set("TEST_PREMATURE_EXIT_FILE", report_ + ".premature");
  ProcessSpec spec;
  spec.argv = {path_of(*task_.suite, context_.settings.config.directory),
               "--gtest_filter=" + gtest_filter_for(attempt_->test.name),
               "--gtest_output=xml:" + report_ + ".xml", "--gtest_color=no"};
  spec.environment = environment.entries();
  spec.directory = context_.settings.config.directory;
  return spec;
}

void GtestUnit::ended(const Child::End& end) {
  late_ = limits_->late();
  limits_.reset();
  attempt_->ended = end.at;
  Judgement judgement = judge(end);
  add_memory_note(judgement, end.out_of_memory);
  settle({std::move(judgement), end.use, end.strays});
}

Judgement GtestUnit::judge(const Child::End& end) const {
  if (late_) {
    return timed_out("the test", limit_);
  }
  if (end.signalled) {
    return not_run(stop_);
  }
  GtestRun run;
  run.test = attempt_->test.name;
  run.status = end.status;
  run.out_of_memory = end.out_of_memory;
  if (base::Result<std::string> report = base::read_file(report_ + ".xml", kReportBytesMax)) {
    run.report = std::move(*report);
  }
  run.premature_exit = ::access((report_ + ".premature").c_str(), F_OK) == 0;
  run.output = attempt_->log->tail();
  run.redactor = context_.settings.redactor.get();
  Judgement judgement = judge_gtest(run);
  for (Failure& failure : judgement.failures) {
    failure.file = relative_to(failure.file, context_.settings.config.directory);
  }
  return judgement;
}

void GtestUnit::settle(AttemptEnd end) {
  ::unlink((report_ + ".xml").c_str());
  ::unlink((report_ + ".premature").c_str());
  const PlannedTest planned = task_.tests.front();
  const bool may_retry = stop_ == Stop::kNone && context_.may_retry(*task_.suite, planned.attempt);
  context_.attempts.settle(std::move(attempt_), std::move(end), may_retry,
                           [this, planned](Outcome outcome, bool will_retry) {
                             context_.told(outcome, will_retry);
                             std::vector<PlannedTest> again;
                             if (will_retry) {
                               again.push_back({planned.test, planned.attempt + 1});
                             }
                             const Done done = std::move(done_);
                             done(std::move(again));  // this object is gone after it
                           });
}

}  // namespace

std::unique_ptr<UnitRun> make_gtest_run(const UnitContext& context, Task task, UnitRun::Done done) {
  return std::make_unique<GtestUnit>(context, std::move(task), std::move(done));
}

}  // namespace harness
