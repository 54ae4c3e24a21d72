#include "harness/run/pytest_result.h"

#include "common/base/text.h"
#include "harness/discover/discover.h"

namespace harness {
namespace {

constexpr std::size_t kMessageBytesMax = 1024;

Failure make_failure(const PytestMessage& phase, const std::string& directory,
                     const redact::Redactor* redactor) {
  Failure failure;
  failure.message = base::shortened(
      phase.message.empty() ? "failed" : cleaned(phase.message, redactor), kMessageBytesMax);
  if (phase.when != "call") {
    failure.message = phase.when + ": " + failure.message;
  }
  failure.text = phase.text;
  failure.file = relative_to(phase.file, directory);
  failure.line = phase.line;
  return failure;
}

// A later phase never makes a test better.
void apply(const PytestMessage& phase, const std::string& directory,
           const redact::Redactor* redactor, Judgement& judgement) {
  if (phase.outcome == "failed") {
    judgement.failures.push_back(make_failure(phase, directory, redactor));
    judgement.outcome = Outcome::kFailed;
    judgement.reason = judgement.failures.front().message;
  } else if (judgement.outcome != Outcome::kPassed) {
    return;
  } else if (phase.outcome == "skipped") {
    judgement.outcome = phase.xfail ? Outcome::kXfailed : Outcome::kSkipped;
    judgement.reason = phase.xfail && !phase.xfail->empty() ? *phase.xfail : phase.message;
  } else if (phase.xfail && phase.when == "call") {
    judgement.outcome = Outcome::kXpassed;
    judgement.reason = "passed, though it was expected to fail: " + *phase.xfail;
  }
}

}  // namespace

Judgement judge_pytest(const std::vector<PytestMessage>& phases, const std::string& directory,
                       const redact::Redactor* redactor) {
  Judgement judgement;
  bool torn_down = false;
  for (const PytestMessage& phase : phases) {
    apply(phase, directory, redactor, judgement);
    torn_down |= phase.when == "teardown";
  }
  if (!torn_down && judgement.outcome != Outcome::kFailed) {
    // A plugin may leave phases out; what was not told is not known to have passed.
    judgement.outcome = Outcome::kVanished;
    judgement.reason = "pytest told of no end of the test";
    judgement.failures.push_back({judgement.reason, judgement.reason, "", 0});
  }
  return judgement;
}

}  // namespace harness
