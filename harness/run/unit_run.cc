#include "harness/run/unit_run.h"

#include <csignal>

#include "common/base/duration.h"
#include "harness/process/snapshot.h"

namespace harness {

std::string_view reason_of(Stop stop) {
  switch (stop) {
    case Stop::kNone:
      return "";
    case Stop::kFailFast:
      return "the run stops after a red test (--fail-fast)";
    case Stop::kInterrupted:
      return "the run was interrupted";
    case Stop::kOutOfTime:
      return "the run is out of time";
  }
  return "";
}

std::string hang_report(pid_t pid, std::chrono::milliseconds limit) {
  return "\n--- over its limit of " + base::format_duration(limit) + "; what it was doing ---\n" +
         snapshot_of(pid);
}

Limits::Limits(const UnitContext& context, const SuiteConfig& suite, const Attempt& attempt,
               Child& child)
    : context_(context),
      attempt_(attempt),
      child_(child),
      hard_(test_limit(context.settings, suite)) {
  if (const auto soft = soft_limit(context.settings, suite)) {
    at(*soft, [this, soft = *soft] { show(soft, [this] { at(hard_, [this] { end(); }); }); });
  } else {
    at(hard_, [this] { end(); });
  }
}

Limits::~Limits() {
  if (timer_) {
    context_.loop.cancel(*timer_);
  }
  if (stacks_) {
    attempt_.log->write(stacks_->break_off());
  }
}

void Limits::at(std::chrono::milliseconds time, std::function<void()> then) {
  timer_ = context_.loop.at(attempt_.started + time, [this, then = std::move(then)] {
    timer_.reset();
    then();
  });
}

void Limits::show(std::chrono::milliseconds limit, std::function<void()> then) {
  shown_ = true;
  attempt_.log->write(hang_report(child_.pid(), limit));
  const std::string path = context_.settings.environment.get("PATH").value_or("");
  stacks_ = std::make_unique<Stacks>(context_.loop, child_.pid(), path,
                                     [this, then = std::move(then)](const std::string& text) {
                                       attempt_.log->write(text);
                                       then();
                                     });
}

// From here on nothing that it says of itself counts.
void Limits::end() {
  late_ = true;
  if (!shown_) {
    show(hard_, [this] { child_.end(SIGTERM); });
  } else {
    child_.end(SIGTERM);
  }
}

Judgement not_run(Stop why) {
  return {Outcome::kNotRun, std::string(reason_of(why)), {}, false};
}

Judgement timed_out(std::string_view what, std::chrono::milliseconds limit) {
  const std::string reason =
      std::string(what) + " did not end within " + base::format_duration(limit);
  return {Outcome::kTimedOut, reason, {{reason, reason, "", 0}}, false};
}

}  // namespace harness
