#include "harness/report/console.h"

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/report/details.h"

namespace harness {
namespace {

constexpr std::size_t kReasonBytesMax = 300;
constexpr std::size_t kDetailsMax = 100;  // attempts; what fails after them is in the reports
constexpr std::string_view kClearLine = "\r\x1b[K";

std::string one_line(const std::string& text) {
  return base::shortened(base::printable(text.substr(0, text.find('\n'))), kReasonBytesMax);
}

// The beginning of `text` that fits. A character beyond ASCII may take two columns.
std::string cut_to(const std::string& text, std::size_t columns) {
  std::size_t used = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    const bool begins = (byte & 0xC0U) != 0x80U;
    used += begins ? (byte < 0x80 ? 1 : 2) : 0;
    if (begins && used > columns) {
      return text.substr(0, i);
    }
  }
  return text;
}

}  // namespace

void Console::say(const std::string& text) {
  const bool live = columns_ > 0;
  const std::string told = text.empty() ? "" : style_.told(text + "\n");
  (void)base::write_all(fd_, live ? std::string(kClearLine) + told + bottom_line() : told);
}

// Cut to the terminal's width: a line that wraps could not be taken back.
std::string Console::bottom_line() const {
  if (over_ || total_ == 0) {
    return "";
  }
  std::string line = "[" + std::to_string(done_) + "/" + std::to_string(total_) + "]" +
                     (red_ > 0 ? " " + std::to_string(red_) + " red" : "");
  for (const std::string& test : running_) {
    line += (&test == &running_.front() ? " running " : ", ") + base::printable(test);
  }
  return style_.paint(Colour::kGrey, cut_to(line, columns_ - 1));
}

void Console::finished(const AttemptFinished& event) {
  done_ += event.will_retry ? 0 : 1;
  total_ = done_ > total_ ? done_ : total_;  // cases of commands, repeated tests
  red_ += is_red(event.outcome) && !event.will_retry ? 1 : 0;
  std::erase(running_, event.test);
  const bool quiet = event.outcome == Outcome::kPassed;
  if (quiet && columns_ > 0 && event.leaks.empty() && event.attempt == 1) {
    say("");
    return;
  }
  std::string text = style_.paint(Colour::kGrey, "[" + std::to_string(done_) + "/" +
                                                     std::to_string(total_) + "]") +
                     " " + style_.paint(colour_of(event.outcome), name_of(event.outcome)) + " " +
                     base::printable(event.test) +
                     (event.attempt > 1 ? " (attempt " + std::to_string(event.attempt) + ")" : "") +
                     " " + style_.paint(Colour::kGrey, readable_ms(event.duration_ms)) +
                     (quiet || event.reason.empty() ? "" : ": " + one_line(event.reason)) +
                     (event.will_retry ? ", again" : "");
  if (is_red(event.outcome) && details_ < kDetailsMax) {
    ++details_;
    text += "\n" + describe_attempt(event, style_);
    text.pop_back();  // the newline that say() adds
  } else {
    for (const std::string& leak : event.leaks) {
      text += "\n" + style_.paint(Colour::kYellow, "  left behind: ") + one_line(leak);
    }
  }
  say(text);
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
  } else if (const auto* started = std::get_if<AttemptStarted>(&record.event)) {
    running_.push_back(started->test);
    if (columns_ > 0) {
      say("");
    }
  } else if (std::holds_alternative<RunFinished>(record.event)) {
    over_ = true;
    say("");
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

Detail detail_after(int err, int out, const base::Environment& environment) {
  const bool watched = columns_of(err, environment) > 0 && columns_of(out, environment) > 0;
  return watched ? Detail::kBrief : Detail::kWhole;
}

}  // namespace harness
