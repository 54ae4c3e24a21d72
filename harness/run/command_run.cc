#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <filesystem>

#include "common/base/random.h"
#include "harness/discover/discover.h"
#include "harness/run/command_result.h"
#include "harness/run/unit_run.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t kNameBytes = 16;
constexpr std::size_t kBlock = 64 * 1024;
constexpr int kBlocksAtOnce = 16;
constexpr int kLastBlocks = 64;

// One process, whose cases are known when it has ended.
class CommandUnit final : public UnitRun {
 public:
  CommandUnit(const UnitContext& context, Task task, Done done)
      : context_(context),
        task_(std::move(task)),
        done_(std::move(done)),
        limit_(test_limit(context.settings, *task_.suite)),
        // A name that nothing else knows: only the command is told where its file goes.
        private_report_(context.settings.private_directory + "/" + base::random_token(kNameBytes) +
                        ".xml") {}

  ~CommandUnit() override {
    close_errors();
    ::unlink(private_report_.c_str());
  }

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
  base::Result<void> spawn();
  [[nodiscard]] ProcessSpec spec() const;
  [[nodiscard]] std::string report_path() const;
  void take_output(std::string_view bytes);
  void read_errors(int blocks);
  void close_errors();
  void ended(const Child::End& end);
  [[nodiscard]] CommandJudgement judge(const Child::End& end) const;
  void settle(AttemptEnd end, std::vector<CommandCase> cases);
  void write_cases(const std::vector<CommandCase>& cases, const PlannedTest& planned,
                   const std::string& log, bool again) const;

  UnitContext context_;
  Task task_;
  Done done_;
  std::chrono::milliseconds limit_;
  std::string private_report_;
  std::unique_ptr<Attempt> attempt_;
  std::unique_ptr<Child> child_;
  base::UniqueFd errors_;  // its standard error, apart from TAP's lines
  std::string tap_;
  bool tap_too_long_ = false;
  std::optional<Limits> limits_;
  Stop stop_ = Stop::kNone;
  bool late_ = false;
};

// Where its JUnit file is expected.
std::string CommandUnit::report_path() const {
  const SuiteConfig& suite = *task_.suite;
  if (suite.report.empty()) {
    return private_report_;
  }
  const fs::path path(suite.report);
  return path.is_absolute() ? suite.report
                            : (fs::path(context_.settings.config.directory) / path).string();
}

void CommandUnit::run(const std::string& trouble) {
  if (stop_ != Stop::kNone) {
    settle({not_run(stop_), {}, {}}, {});
    return;
  }
  context_.attempts.started(*attempt_);
  if (!trouble.empty()) {
    settle({{Outcome::kEnvironment, trouble, {}, false}, {}, {}}, {});
    return;
  }
  if (const base::Result<void> spawned = spawn(); !spawned) {
    settle({{Outcome::kFailed, spawned.error().message, {}, false}, {}, {}}, {});
    return;
  }
  limits_.emplace(context_, *task_.suite, *attempt_, *child_);
}

base::Result<void> CommandUnit::spawn() {
  // A file of an earlier run must not be taken for this one's.
  if (::unlink(report_path().c_str()) != 0 && errno != ENOENT &&
      task_.suite->results == CommandResults::kJunit) {
    return base::system_error("cannot remove the former " + task_.suite->report, errno);
  }
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return base::system_error("cannot make a pipe", errno);
  }
  errors_ = base::UniqueFd(ends[0]);
  const base::UniqueFd writer(ends[1]);
  ::fcntl(errors_.get(), F_SETFL, O_NONBLOCK);
  Child::Handlers handlers;
  handlers.output = [this](std::string_view bytes) { take_output(bytes); };
  handlers.ended = [this](const Child::End& end) { ended(end); };
  handlers.known = context_.known;
  ProcessSpec process = spec();
  process.error_output = writer.get();
  base::Result<std::unique_ptr<Child>> child =
      Child::start(context_.loop, context_.memory, std::move(process), std::move(handlers));
  if (!child) {
    errors_.reset();
    return std::move(child).error();
  }
  child_ = std::move(*child);
  context_.loop.watch(errors_.get(), [this] { read_errors(kBlocksAtOnce); });
  return {};
}

ProcessSpec CommandUnit::spec() const {
  const std::string& directory = context_.settings.config.directory;
  base::Environment environment =
      context_.attempts.environment(*task_.suite, task_.worker, *attempt_);
  ProcessSpec spec;
  spec.argv = argv_of(*task_.suite, directory);
  for (std::string& word : spec.argv) {
    for (std::size_t at = 0; (at = word.find(kJunitReference, at)) != std::string::npos;
         at += private_report_.size()) {
      word.replace(at, kJunitReference.size(), private_report_);
    }
  }
  if (task_.suite->results == CommandResults::kJunit) {
    environment.set("DRYDOCK_JUNIT_FILE", report_path());
  }
  spec.environment = environment.entries();
  spec.directory = directory_of(*task_.suite, directory);
  return spec;
}

void CommandUnit::take_output(std::string_view bytes) {
  attempt_->log->write(bytes);
  if (task_.suite->results == CommandResults::kTap) {
    const std::size_t room = kCaseSourceBytesMax - tap_.size();
    tap_too_long_ |= bytes.size() > room;
    tap_ += bytes.substr(0, room);
  }
}

void CommandUnit::read_errors(int blocks) {
  std::array<char, kBlock> block;
  for (int i = 0; i < blocks && errors_.valid(); ++i) {
    const ssize_t got = ::read(errors_.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return;
    }
    if (got == 0) {
      close_errors();
      return;
    }
    attempt_->log->write(std::string_view(block.data(), static_cast<std::size_t>(got)));
  }
}

void CommandUnit::close_errors() {
  if (errors_.valid()) {
    context_.loop.unwatch(errors_.get());
    errors_.reset();
  }
}

void CommandUnit::ended(const Child::End& end) {
  late_ = limits_->late();
  limits_.reset();
  attempt_->ended = end.at;
  read_errors(kLastBlocks);
  close_errors();
  CommandJudgement judgement = judge(end);
  add_memory_note(judgement.command, end.out_of_memory);
  settle({std::move(judgement.command), end.use, end.strays}, std::move(judgement.cases));
}

CommandJudgement CommandUnit::judge(const Child::End& end) const {
  CommandRun run;
  run.results = task_.suite->results;
  run.status = end.status;
  run.out_of_memory = end.out_of_memory;
  run.redactor = context_.settings.redactor.get();
  run.source_name = run.results == CommandResults::kTap ? "TAP"
                    : task_.suite->report.empty()       ? "its JUnit file"
                                                        : task_.suite->report;
  if (run.results == CommandResults::kTap) {
    run.source = tap_;
    run.too_long = tap_too_long_;
  } else if (run.results == CommandResults::kJunit) {
    base::Result<std::string> file = base::read_file(report_path(), kCaseSourceBytesMax);
    run.too_long = !file && file.error().kind == base::ErrorKind::kInvalidInput;
    if (file) {
      run.source = std::move(*file);
    }
  }
  CommandJudgement judgement;
  if (!end.signalled) {
    return judge_command(run);
  }
  if (run.results == CommandResults::kTap) {
    judgement.cases = judge_command(run).cases;  // those that had ended before
  }
  judgement.command = late_ ? timed_out("the command", limit_) : not_run(stop_);
  return judgement;
}

void CommandUnit::write_cases(const std::vector<CommandCase>& cases, const PlannedTest& planned,
                              const std::string& log, bool again) const {
  for (const CommandCase& entry : cases) {
    const std::string id = planned.test.suite + "/" + entry.name;
    context_.journal.append(AttemptStarted{id, planned.attempt, ""});
    AttemptFinished event;
    event.test = id;
    event.attempt = planned.attempt;
    event.outcome = entry.judgement.outcome;
    event.reason = entry.judgement.reason;
    context_.attempts.apply_quarantine({planned.test.suite, entry.name}, event.outcome,
                                       event.reason);
    event.failures = entry.judgement.failures;
    event.duration_ms = entry.duration_ms;
    event.log = log;
    event.will_retry = again && is_red(event.outcome);
    const bool will_retry = event.will_retry;
    const Outcome outcome = event.outcome;
    context_.journal.append(std::move(event));
    context_.told(outcome, will_retry);
  }
}

void CommandUnit::settle(AttemptEnd end, std::vector<CommandCase> cases) {
  const PlannedTest planned = task_.tests.front();
  const bool may_retry = stop_ == Stop::kNone && context_.may_retry(*task_.suite, planned.attempt);
  const bool red_case = std::any_of(cases.begin(), cases.end(), [](const CommandCase& entry) {
    return is_red(entry.judgement.outcome);
  });
  const std::string log =
      attempt_->log->empty() ? "" : "logs/" + fs::path(attempt_->log->path()).filename().string();
  context_.attempts.settle(std::move(attempt_), std::move(end), may_retry,
                           [this, planned, log, may_retry, red_case, cases = std::move(cases)](
                               Outcome outcome, bool will_retry) {
                             const bool again = will_retry || (may_retry && red_case);
                             write_cases(cases, planned, log, again);
                             context_.told(outcome, will_retry);
                             std::vector<PlannedTest> rest;
                             if (again) {
                               rest.push_back({planned.test, planned.attempt + 1});
                             }
                             const Done done = std::move(done_);
                             done(std::move(rest));  // this object is gone after it
                           });
}

}  // namespace

std::unique_ptr<UnitRun> make_command_run(const UnitContext& context, Task task,
                                          UnitRun::Done done) {
  return std::make_unique<CommandUnit>(context, std::move(task), std::move(done));
}

}  // namespace harness
