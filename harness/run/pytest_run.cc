#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <csignal>

#include <nlohmann/json.hpp>

#include "common/base/random.h"
#include "common/base/text.h"
#include "harness/discover/discover.h"
#include "harness/discover/pytest_messages.h"
#include "harness/discover/pytest_plugin.h"
#include "harness/run/pytest_command.h"
#include "harness/run/pytest_result.h"
#include "harness/run/unit_run.h"

namespace harness {
namespace {

using nlohmann::json;

constexpr std::size_t kNonceBytes = 16;
constexpr std::size_t kAliasBytes = 12;
constexpr std::size_t kPreambleMax = 64 * 1024;
constexpr int kPytestTestsFailed = 1;
constexpr std::chrono::milliseconds kStackTime{300};  // for Python to write its stacks

// A test that has run, or is running.
struct Current {
  std::unique_ptr<Attempt> attempt;
  std::vector<PytestMessage> phases;
  bool running = false;  // go was sent
  bool over = false;     // its end was told
};

// One process, the tests of one file: `start` comes from our plugin, `go` is our answer.
//
//   importing -> (start -> preparing -> running -> end)* -> ending
//
// A test's outcome is written when the next one starts or the process has ended, because a process
// that ends wrongly after its last test takes that test with it.
class PytestUnit final : public UnitRun {
 public:
  PytestUnit(const UnitContext& context, Task task, Done done)
      : context_(context),
        task_(std::move(task)),
        done_(std::move(done)),
        limit_(test_limit(context.settings, *task_.suite)),
        nonce_(base::random_token(kNonceBytes)),
        alias_("dk-" + base::random_token(kAliasBytes)),
        waiting_(task_.tests) {}

  ~PytestUnit() override {
    disarm();
    if (messages_.valid()) {
      context_.loop.unwatch(messages_.get());
    }
  }

  void start() override;

  void stop(Stop why) override {
    stop_ = why;
    // --fail-fast lets the test that runs come to its end; its file does not get to the next one.
    const bool may_end = why == Stop::kFailFast && current_ && !current_->over;
    if (child_ && !may_end) {
      child_->end(SIGINT);
    }
  }

  [[nodiscard]] pid_t pid() const override { return child_ ? child_->pid() : -1; }

  [[nodiscard]] const Task& task() const override { return task_; }

 private:
  base::Result<void> spawn();
  void answer(const json& value) const;
  void arm();
  void show_stacks(std::chrono::milliseconds limit, bool asked) const;
  void disarm();
  void read_messages();
  void take(const PytestMessage& message);
  void on_start(const PytestMessage& message);
  void go(const std::string& trouble);
  void on_end();
  void ended(const Child::End& end);
  void settle_current(Judgement judgement, const Child::End* end);
  [[nodiscard]] Judgement judge_dead(const Child::End& end, const char* what) const;
  [[nodiscard]] Judgement judge_over(const Child::End* end) const;
  void leave_rest(const Child::End& end);
  void finish_one();

  UnitContext context_;
  Task task_;
  Done done_;
  std::chrono::milliseconds limit_;
  std::string nonce_;
  std::string alias_;  // this process's own key
  std::vector<PlannedTest> waiting_;
  std::vector<PlannedTest> again_;
  std::optional<Current> current_;
  std::unique_ptr<Child> child_;
  base::UniqueFd messages_;
  base::UniqueFd answers_;
  LineBuffer lines_;
  std::string preamble_;       // what was printed before the first test
  std::string collect_error_;  // told by the plugin
  std::string collect_text_;
  std::optional<Loop::Timer> timer_;
  Stop stop_ = Stop::kNone;
  bool late_ = false;
  bool any_started_ = false;
  bool any_failed_ = false;
  bool process_over_ = false;
  int settling_ = 0;
};

void PytestUnit::start() {
  // Until its first test the process's own key is nobody's: a call at import is unattributed and
  // told as that.
  if (const base::Result<void> spawned = spawn(); !spawned) {
    Child::End end;
    end.at = context_.loop.clock().mono();
    collect_error_ = spawned.error().message;
    ended(end);
  }
}

base::Result<void> PytestUnit::spawn() {
  int out[2];
  int in[2];
  if (::pipe2(out, O_CLOEXEC) != 0) {
    return base::system_error("cannot make a pipe", errno);
  }
  messages_ = base::UniqueFd(out[0]);
  const base::UniqueFd child_out(out[1]);
  if (::pipe2(in, O_CLOEXEC) != 0) {
    messages_.reset();
    return base::system_error("cannot make a pipe", errno);
  }
  answers_ = base::UniqueFd(in[1]);
  const base::UniqueFd child_in(in[0]);
  ::fcntl(messages_.get(), F_SETFL, O_NONBLOCK);
  Child::Handlers handlers;
  handlers.output = [this](std::string_view bytes) {
    if (current_) {
      current_->attempt->log->write(bytes);
    } else if (preamble_.size() < kPreambleMax) {
      preamble_ += bytes.substr(0, kPreambleMax - preamble_.size());
    }
  };
  handlers.ended = [this](const Child::End& end) { ended(end); };
  handlers.known = context_.known;
  base::Result<std::unique_ptr<Child>> child =
      Child::start(context_.loop, context_.memory,
                   pytest_command(context_, task_, nonce_, alias_, child_out.get(), child_in.get()),
                   std::move(handlers));
  if (!child) {
    messages_.reset();
    return std::move(child).error();
  }
  child_ = std::move(*child);
  context_.loop.watch(messages_.get(), [this] { read_messages(); });
  json names = json::array();
  for (const PlannedTest& planned : task_.tests) {
    names.push_back(planned.test.name);
  }
  answer({{"tests", std::move(names)}});
  arm();
  return {};
}

// A process that has ended already does not read it, which is no matter of this line: SIGPIPE is
// ignored.
void PytestUnit::answer(const json& value) const {
  const std::string text = value.dump(-1, ' ', true, json::error_handler_t::replace);
  (void)base::write_all(answers_.get(), "go " + text + "\n");
}

void PytestUnit::arm() {
  disarm();
  const base::MonoTime now = context_.loop.clock().mono();
  const auto soft = soft_limit(context_.settings, *task_.suite);
  const auto late = [this] {
    late_ = true;
    timer_ = context_.loop.at(context_.loop.clock().mono() + kStackTime,
                              [this] { child_->end(SIGINT); });
  };
  timer_ = context_.loop.at(now + soft.value_or(limit_), [this, soft, now, late] {
    show_stacks(soft.value_or(limit_), any_started_ || !soft);
    if (soft) {
      timer_ = context_.loop.at(now + limit_, late);
    } else {
      late();
    }
  });
}

void PytestUnit::show_stacks(std::chrono::milliseconds limit, bool asked) const {
  const std::string report = ask_for_stacks(child_->pid(), limit, asked);
  if (current_) {
    current_->attempt->log->write(report);
  }
}

void PytestUnit::disarm() {
  if (timer_) {
    context_.loop.cancel(*timer_);
    timer_.reset();
  }
}

void PytestUnit::read_messages() {
  std::array<char, 64 * 1024> block;
  while (messages_.valid()) {
    const ssize_t got = ::read(messages_.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      if (got == 0) {
        context_.loop.unwatch(messages_.get());
        messages_.reset();
      }
      return;
    }
    for (const std::string& line :
         lines_.add(std::string_view(block.data(), static_cast<std::size_t>(got)))) {
      if (const std::optional<PytestMessage> message = parse_pytest_message(line, nonce_)) {
        take(*message);
      }
    }
  }
}

void PytestUnit::take(const PytestMessage& message) {
  if (message.event == "start") {
    on_start(message);
  } else if (message.event == "phase" && current_ && !current_->over) {
    current_->phases.push_back(message);
  } else if (message.event == "end" && current_ && current_->running) {
    on_end();
  } else if (message.event == "collect_error") {
    collect_error_ = "cannot be collected: " + message.message;
    collect_text_ = message.text;
  } else if (message.event == "internal_error") {
    collect_error_ = "pytest failed with an internal error";
    collect_text_ = message.text;
  }
}

void PytestUnit::on_start(const PytestMessage& message) {
  disarm();
  const auto planned = std::find_if(waiting_.begin(), waiting_.end(), [&](const PlannedTest& test) {
    return test.test.name == message.name;
  });
  if (planned == waiting_.end() || (current_ && !current_->over)) {
    // Not asked for, or a second time: a process that does so is not trusted with the rest.
    collect_error_ = "pytest started " + message.name + ", which it was not asked for";
    child_->end(SIGINT);
    return;
  }
  if (current_) {
    settle_current(judge_over(nullptr), nullptr);
  }
  if (stop_ != Stop::kNone || child_->signalled()) {
    if (!child_->signalled()) {
      child_->end(SIGINT);
    }
    return;  // and no go
  }
  any_started_ = true;
  current_.emplace();
  current_->attempt = context_.attempts.begin(planned->test, planned->attempt, {alias_});
  current_->attempt->expects_misses |= message.expects_misses;
  waiting_.erase(planned);
  context_.attempts.prepare(*current_->attempt, context_.loop.clock().mono() + limit_,
                            [this](const std::string& trouble) { go(trouble); });
}

void PytestUnit::go(const std::string& trouble) {
  if (process_over_) {
    // It died while its session was prepared.
    settle_current(stop_ != Stop::kNone
                       ? not_run(stop_)
                       : Judgement{Outcome::kCrashed,
                                   "the process ended before its next test could start",
                                   {},
                                   false},
                   nullptr);
    finish_one();
    return;
  }
  if (stop_ != Stop::kNone) {
    // A red test has become known meanwhile: this one has not begun.
    again_.push_back({current_->attempt->test, current_->attempt->number});
    current_.reset();
    if (!child_->signalled()) {
      child_->end(SIGINT);
    }
    return;
  }
  context_.attempts.started(*current_->attempt);
  current_->running = true;
  if (!trouble.empty()) {
    collect_error_ = trouble;
    child_->end(SIGINT);
    return;
  }
  json variables = json::object();
  for (const auto& [name, value] : context_.attempts.variables(*current_->attempt)) {
    variables[name] = value;
  }
  answer({{"variables", std::move(variables)}});
  arm();
}

void PytestUnit::on_end() {
  if (child_->signalled() || late_) {
    return;  // our signal ended it: what it says of itself since does not count
  }
  current_->over = true;
  current_->running = false;
  current_->attempt->ended = context_.loop.clock().mono();
  for (const PytestMessage& phase : current_->phases) {
    current_->attempt->log->write(phase.output);
  }
  arm();  // of the time to the next start, or to the process's end
}

// The outcome of a test whose end was told; `end` where it was the last and the process has ended.
Judgement PytestUnit::judge_over(const Child::End* end) const {
  Judgement judgement = judge_pytest(current_->phases, context_.settings.config.directory,
                                     context_.settings.redactor.get());
  if (end == nullptr || is_red(judgement.outcome)) {
    return judgement;
  }
  if (late_) {
    return timed_out("the process, after its last test,", limit_);
  }
  const int expected = any_failed_ ? kPytestTestsFailed : 0;
  if (!end->signalled && (end->status.signal != 0 || end->status.code != expected)) {
    const std::string reason = ending_of(end->status, end->out_of_memory, " after its last test");
    return {end->status.signal != 0 ? Outcome::kCrashed : Outcome::kFailed,
            reason,
            {{reason, reason, "", 0}},
            false};
  }
  return judgement;
}

// The outcome of a test that was cut short, or of one that no process got to.
Judgement PytestUnit::judge_dead(const Child::End& end, const char* what) const {
  if (late_) {
    return timed_out(what, limit_);
  }
  if (stop_ != Stop::kNone) {
    return not_run(stop_);
  }
  Judgement judgement;
  if (!collect_error_.empty()) {
    judgement.outcome = any_started_ ? Outcome::kEnvironment : Outcome::kFailed;
    judgement.reason = collect_error_;
  } else if (end.status.clean()) {
    judgement.outcome = Outcome::kVanished;
    judgement.reason = std::string("the process ended with exit code 0 before ") + what + " did";
  } else {
    judgement.outcome = Outcome::kCrashed;
    judgement.reason =
        ending_of(end.status, end.out_of_memory, std::string(" before ") + what + " did");
  }
  judgement.failures.push_back(
      {judgement.reason, collect_text_.empty() ? judgement.reason : collect_text_, "", 0});
  return judgement;
}

void PytestUnit::settle_current(Judgement judgement, const Child::End* end) {
  AttemptEnd attempt_end{std::move(judgement), {}, {}};
  if (end != nullptr) {
    add_memory_note(attempt_end.judgement, end->out_of_memory);
    attempt_end.use = end->use;
    attempt_end.strays = end->strays;
  }
  any_failed_ |= attempt_end.judgement.outcome == Outcome::kFailed;
  const PlannedTest planned{current_->attempt->test, current_->attempt->number};
  const bool may_retry = stop_ == Stop::kNone && context_.may_retry(*task_.suite, planned.attempt);
  ++settling_;
  context_.attempts.settle(std::move(current_->attempt), std::move(attempt_end), may_retry,
                           [this, planned](Outcome outcome, bool will_retry) {
                             context_.told(outcome, will_retry);
                             if (will_retry) {
                               again_.push_back({planned.test, planned.attempt + 1});
                             }
                             --settling_;
                             finish_one();
                           });
  current_.reset();
}

void PytestUnit::ended(const Child::End& end) {
  disarm();
  if (messages_.valid()) {
    read_messages();
  }
  process_over_ = true;
  if (current_ && (current_->over || current_->running)) {
    current_->attempt->ended = current_->over ? current_->attempt->ended : end.at;
    hand_over_coverage(context_, nonce_, *current_->attempt);
    settle_current(current_->over ? judge_over(&end) : judge_dead(end, "the test"), &end);
  }
  leave_rest(end);
  finish_one();
}

// The tests that the process did not get to: another process has them, unless this one got to none
// at all.
void PytestUnit::leave_rest(const Child::End& end) {
  if (stop_ != Stop::kNone || any_started_) {
    again_.insert(again_.end(), waiting_.begin(), waiting_.end());
    waiting_.clear();
    return;
  }
  const Judgement judgement = judge_dead(end, "its first test");
  std::vector<PlannedTest> rest;
  rest.swap(waiting_);
  for (const PlannedTest& planned : rest) {
    current_.emplace();
    current_->attempt = context_.attempts.begin(planned.test, planned.attempt, {});
    context_.attempts.started(*current_->attempt);
    current_->attempt->ended = current_->attempt->started;
    current_->attempt->log->write(preamble_);
    settle_current(judgement, &end);
  }
}

void PytestUnit::finish_one() {
  if (process_over_ && !current_ && settling_ == 0 && done_) {
    std::exchange(done_, nullptr)(std::move(again_));  // this object is gone after it
  }
}

}  // namespace

std::unique_ptr<UnitRun> make_pytest_run(const UnitContext& context, Task task,
                                         UnitRun::Done done) {
  return std::make_unique<PytestUnit>(context, std::move(task), std::move(done));
}

}  // namespace harness
