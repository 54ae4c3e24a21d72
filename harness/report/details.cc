#include "harness/report/details.h"

#include "common/base/text.h"
#include "harness/report/words.h"

namespace harness {
namespace {

constexpr std::size_t kTextLinesMax = 40;
constexpr std::size_t kLineBytesMax = 400;
constexpr std::size_t kCallsShownMax = 12;

// `number` within the attempt: mockllm's own goes on from test to test.
std::string describe_call(const LlmCall& call, std::ptrdiff_t number, Style style) {
  const bool miss = call.outcome == "miss";
  std::string out = "    " + std::to_string(number) + ". " + call.endpoint + " " + call.model +
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

}  // namespace

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
    out += describe_call(*call, call - calls.data() + 1, style);
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
  if (is_red(attempt.outcome) && !attempt.artifacts.folder.empty()) {
    out += "  artifacts: " + base::printable(artifacts_text(attempt.artifacts)) + "\n";
  }
  return attempt.log.empty() ? out : out + "  log: " + attempt.log + "\n";
}

}  // namespace harness
