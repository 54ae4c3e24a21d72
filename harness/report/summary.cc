#include <algorithm>

#include "common/base/text.h"
#include "harness/report/console.h"

namespace harness {
namespace {

constexpr std::size_t kTextLinesMax = 40;
constexpr std::size_t kLineBytesMax = 400;
constexpr std::size_t kTestsShownMax = 100;
constexpr std::size_t kCallsShownMax = 12;

// Each line of `text` after `indent`, at most kTextLinesMax, without control characters.
std::string indented(const std::string& text, const std::string& indent) {
  std::string out;
  std::size_t lines = 0;
  const std::vector<std::string_view> all = base::split(text, '\n');
  for (const std::string_view line : all) {
    if (base::trimmed(line).empty()) {
      continue;
    }
    if (++lines > kTextLinesMax) {
      return out + indent + "... " + std::to_string(all.size() - kTextLinesMax) + " more lines\n";
    }
    out += indent + base::shortened(base::printable(line), kLineBytesMax) + "\n";
  }
  return out;
}

std::string describe_call(const LlmCall& call, Style style) {
  const bool miss = call.outcome == "miss";
  std::string out = "    " + std::to_string(call.seq) + ". " + call.endpoint + " " + call.model +
                    ": asked '" + base::printable(base::shortened(call.asked, kLineBytesMax)) +
                    "'\n";
  if (!miss) {
    return out + "       " + call.outcome + (call.source.empty() ? "" : " " + call.source) +
           (call.answered.empty()
                ? ""
                : ", answered '" + base::printable(base::shortened(call.answered, kLineBytesMax)) +
                      "'") +
           (call.status >= 400 ? ", status " + std::to_string(call.status) : "") + "\n";
  }
  out += "       " + style.paint(Colour::kRed, "no fixture matches") + "\n";
  for (const std::string& nearest : call.nearest) {
    out += "       nearest " + base::printable(nearest) + "\n";
  }
  return call.suggestion.empty() ? out
                                 : out + "       a fixture that would match:\n" +
                                       indented(call.suggestion, "         ");
}

std::string describe_calls(const std::vector<LlmCall>& calls, std::int64_t total, Style style) {
  if (total == 0) {
    return "";
  }
  std::string out = "  its LLM calls (" + std::to_string(total) + "):\n";
  std::vector<const LlmCall*> shown;
  for (const LlmCall& call : calls) {
    // Misses are why somebody reads this: none is left out for want of room.
    if (shown.size() < kCallsShownMax || call.outcome == "miss") {
      shown.push_back(&call);
    }
  }
  for (const LlmCall* call : shown) {
    out += describe_call(*call, style);
  }
  return out;
}

std::string describe_attempt(const AttemptFinished& attempt, Style style) {
  std::string out;
  for (const Failure& failure : attempt.failures) {
    if (!failure.file.empty()) {
      out += "  " + base::printable(failure.file) + ":" + std::to_string(failure.line) + ": " +
             base::printable(failure.message) + "\n";
    }
    if (failure.text != failure.message) {
      out += indented(failure.text, "    ");
    }
  }
  if (attempt.failures.empty() || attempt.outcome == Outcome::kCrashed ||
      attempt.outcome == Outcome::kTimedOut || attempt.outcome == Outcome::kVanished) {
    out += attempt.output_tail.empty()
               ? ""
               : "  the end of its output:\n" + indented(attempt.output_tail, "    ");
  }
  for (const std::string& leak : attempt.leaks) {
    out += "  left behind: " + base::printable(leak) + "\n";
  }
  out += describe_calls(attempt.calls, attempt.calls_total, style);
  return attempt.log.empty() ? out : out + "  log: " + attempt.log + "\n";
}

std::string describe_test(const TestResult& result, Style style) {
  std::string out = "\n" + style.paint(colour_of(result.outcome), name_of(result.outcome)) + " " +
                    style.paint(Colour::kBold, base::printable(result.test.id()));
  if (!result.test.file.empty()) {
    out += " (" + base::printable(result.test.file) +
           (result.test.line > 0 ? ":" + std::to_string(result.test.line) : "") + ")";
  }
  out += "\n";
  if (!result.reason.empty()) {
    out += indented(result.reason, "  ");
  }
  return result.attempts.empty() ? out : out + describe_attempt(result.attempts.back(), style);
}

std::string describe_counts(const Verdict& verdict) {
  std::string out = std::to_string(verdict.total) + (verdict.total == 1 ? " test" : " tests");
  const char* separator = ": ";
  for (const Outcome outcome : kOutcomes) {
    if (verdict.count(outcome) > 0) {
      out +=
          separator + std::to_string(verdict.count(outcome)) + " " + std::string(name_of(outcome));
      separator = ", ";
    }
  }
  return out;
}

}  // namespace

std::string summary_text(const RunResults& results, const Verdict& verdict, Style style) {
  std::string out;
  std::size_t shown = 0;
  for (const TestResult& result : results.tests) {
    const bool worth =
        (is_red(result.outcome) && !result.by_fail_fast) || result.outcome == Outcome::kFlaky;
    if (worth && ++shown <= kTestsShownMax) {
      out += describe_test(result, style);
    }
  }
  if (shown > kTestsShownMax) {
    out += "\n... and " + std::to_string(shown - kTestsShownMax) + " more: see junit.xml\n";
  }
  for (const ListingError& error : results.listing_errors) {
    out += "\n" + style.paint(Colour::kRed, "discovery_error") + " " +
           style.paint(Colour::kBold, base::printable(error.id)) + "\n  " +
           base::printable(error.failure.reason) + "\n" + indented(error.failure.output, "    ");
  }
  for (const UnattributedCalls& calls : results.unattributed) {
    out += "\n" + style.paint(calls.warn_only ? Colour::kYellow : Colour::kRed, "unattributed") +
           " calls in session " + calls.session + "\n" +
           describe_calls(calls.calls, calls.calls_total, style);
  }
  for (const ServiceFailed& failure : results.service_failures) {
    out += "\n" + style.paint(Colour::kRed, "service " + failure.service) + "\n" +
           indented(failure.reason, "  ") + indented(failure.log, "    ");
  }
  out += "\n" + describe_counts(verdict) + " in " + readable_ms(results.duration_ms) + "\n";
  const bool good = verdict.exit_code == ExitCode::kPassed;
  out += style.paint(good ? Colour::kGreen : Colour::kRed, verdict.word) + " (exit code " +
         std::to_string(code_of(verdict.exit_code)) + ")";
  for (std::size_t i = 0; i < verdict.reasons.size(); ++i) {
    out += (i == 0 ? ": " : "; ") + base::printable(verdict.reasons[i]);
  }
  return style.told(out + "\n");
}

}  // namespace harness
