#include "harness/report/console.h"

#include "common/base/file.h"
#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::size_t kReasonBytesMax = 300;

std::string one_line(const std::string& text) {
  return base::shortened(base::printable(text.substr(0, text.find('\n'))), kReasonBytesMax);
}

}  // namespace

void Console::say(const std::string& text) const {
  (void)base::write_all(fd_, style_.told(text + "\n"));
}

void Console::finished(const AttemptFinished& event) {
  done_ += event.will_retry ? 0 : 1;
  const bool quiet = event.outcome == Outcome::kPassed;
  say(style_.paint(Colour::kGrey,
                   "[" + std::to_string(done_) + "/" + std::to_string(total_) + "]") +
      " " + style_.paint(colour_of(event.outcome), name_of(event.outcome)) + " " +
      base::printable(event.test) +
      (event.attempt > 1 ? " (attempt " + std::to_string(event.attempt) + ")" : "") + " " +
      style_.paint(Colour::kGrey, readable_ms(event.duration_ms)) +
      (quiet || event.reason.empty() ? "" : ": " + one_line(event.reason)) +
      (event.will_retry ? ", again" : ""));
  for (const std::string& leak : event.leaks) {
    say(style_.paint(Colour::kYellow, "  left behind: ") + one_line(leak));
  }
}

void Console::on(const Record& record) {
  if (const auto* start = std::get_if<RunStarted>(&record.event)) {
    say("run " + start->run + ": " + base::printable(start->name) + ", llm " + start->llm_mode +
        " (" + start->llm_reason + ")");
  } else if (const auto* ready = std::get_if<ServiceReady>(&record.event)) {
    say("service " + ready->service + " is ready at " + base::printable(ready->url) + " after " +
        readable_ms(ready->waited_ms));
  } else if (const auto* phase = std::get_if<PhaseFinished>(&record.event)) {
    say(phase->phase + ": " + one_line(phase->detail) + " " +
        style_.paint(Colour::kGrey, readable_ms(phase->duration_ms)));
  } else if (const auto* failed = std::get_if<DiscoveryFailed>(&record.event)) {
    say(style_.paint(Colour::kRed, "discovery_error ") + failed->suite + " (" +
        base::printable(failed->path) + "): " + one_line(failed->reason));
  } else if (const auto* lost = std::get_if<ServiceFailed>(&record.event)) {
    say(style_.paint(Colour::kRed, "service " + lost->service) + ": " + one_line(lost->reason));
  } else if (const auto* list = std::get_if<TestsListed>(&record.event)) {
    total_ = list->tests.size();
  } else if (const auto* attempt = std::get_if<AttemptFinished>(&record.event)) {
    finished(*attempt);
  } else if (const auto* revised = std::get_if<AttemptRevised>(&record.event)) {
    if (!revised->reason.empty()) {
      say(style_.paint(colour_of(revised->outcome), name_of(revised->outcome)) + " " +
          base::printable(revised->test) + " after all: " + one_line(revised->reason));
    }
  } else if (const auto* interrupted = std::get_if<RunInterrupted>(&record.event)) {
    say(style_.paint(Colour::kRed, "stopping: ") + one_line(interrupted->reason));
  } else if (const auto* failure = std::get_if<RunFailed>(&record.event)) {
    say(style_.paint(Colour::kRed, "error: ") + failure->reason);
  }
}

}  // namespace harness
