#include <algorithm>

#include "harness/report/github.h"
#include "harness/report/style.h"
#include "harness/report/words.h"

namespace harness {
namespace {

constexpr std::size_t kCellBytesMax = 300;
constexpr std::size_t kDetailBytesMax = 8 * 1024;
constexpr std::size_t kReasonsShownMax = 20;
constexpr std::size_t kEndBytes = 200;  // of the line that says what was left out

// Text in a line of Markdown. Everything that could be markup, a link or a mention is an entity:
// those are read after the markup.
std::string in_line(const std::string& text) {
  std::string out;
  for (const char c : plain_text(text, kCellBytesMax)) {
    const auto byte = static_cast<unsigned char>(c);
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
                        (c >= '0' && c <= '9') || byte >= 0x80 || c == ' ' || c == '/' || c == ',';
    if (letter) {
      out += c;
    } else if (c == '\n' || c == '\t') {
      out += ' ';
    } else {
      out += "&#" + std::to_string(byte) + ";";
    }
  }
  return out;
}

// Text in <pre>: Markdown has no say before the block's end, and the text cannot write that.
std::string in_block(const std::string& text) {
  std::string out;
  for (const char c : plain_text(text, kDetailBytesMax)) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::string place_of(const TestCase& test) {
  return test.file.empty() ? ""
                           : test.file + (test.line > 0 ? ":" + std::to_string(test.line) : "");
}

std::string row(const std::string& outcome, const std::string& test, const std::string& place,
                const std::string& reason) {
  return "| " + in_line(outcome) + " | " + in_line(test) + " | " + in_line(place) + " | " +
         in_line(reason) + " |\n";
}

std::string details(const TestResult& result) {
  std::string text = result.reason + "\n";
  for (const AttemptFinished& attempt : result.attempts) {
    if (result.attempts.size() > 1) {
      text += "\nattempt " + std::to_string(attempt.attempt) + ": " +
              std::string(name_of(attempt.outcome)) + "\n";
    }
    text += problem_text(attempt);
    text += attempt.output_tail.empty() ? "" : "\nthe end of its output:\n" + attempt.output_tail;
    if (is_red(attempt.outcome) && !attempt.artifacts.folder.empty()) {
      text += "\nartifacts: " + artifacts_text(attempt.artifacts) + "\n";
    }
  }
  return "\n<details><summary>" + in_line(result.test.id()) + "</summary>\n\n<pre>" +
         in_block(text) + "</pre>\n\n</details>\n";
}

bool worth_showing(const TestResult& result) {
  return (is_red(result.outcome) && !result.by_fail_fast) || result.outcome == Outcome::kFlaky;
}

std::string head_of(const RunResults& results, const Verdict& verdict) {
  std::string out = "## " + in_line(results.start.name) + ": " + in_line(verdict.word) + "\n\n" +
                    std::to_string(verdict.total) + (verdict.total == 1 ? " test" : " tests") +
                    " in " + in_line(readable_ms(results.duration_ms)) + ", exit code " +
                    std::to_string(code_of(verdict.exit_code)) + ", llm " +
                    in_line(results.start.llm_mode) + "\n\n";
  const std::size_t shown = std::min(verdict.reasons.size(), kReasonsShownMax);
  for (std::size_t i = 0; i < shown; ++i) {
    out += "- " + in_line(verdict.reasons[i]) + "\n";
  }
  out += "\n| outcome | tests |\n| --- | ---: |\n";
  for (const Outcome outcome : kOutcomes) {
    if (verdict.count(outcome) > 0) {
      out += "| " + in_line(std::string(name_of(outcome))) + " | " +
             std::to_string(verdict.count(outcome)) + " |\n";
    }
  }
  return out;
}

// Appends pieces while there is room, and remembers how many had none.
class Budget {
 public:
  explicit Budget(std::string& out) : out_(out) {}

  void add(const std::string& piece) {
    if (out_.size() + piece.size() + kEndBytes > kSummaryBytesMax) {
      ++left_out_;
    } else {
      out_ += piece;
    }
  }

  [[nodiscard]] std::size_t left_out() const { return left_out_; }

 private:
  std::string& out_;
  std::size_t left_out_ = 0;
};

}  // namespace

// The table of all comes before the details of any, so that what has no room is the least.
std::string summary_markdown(const RunResults& results, const Verdict& verdict) {
  std::string out = head_of(results, verdict);
  Budget budget(out);
  std::string title = "\n| outcome | test | place | reason |\n| --- | --- | --- | --- |\n";
  const auto add_row = [&](const std::string& text) {
    budget.add(title + text);
    title.clear();
  };
  for (const ListingError& error : results.listing_errors) {
    add_row(row("discovery_error", error.id, "", first_line(error.failure.reason)));
  }
  for (const TestResult& result : results.tests) {
    if (worth_showing(result)) {
      add_row(row(std::string(name_of(result.outcome)), result.test.id(), place_of(result.test),
                  first_line(result.reason)));
    }
  }
  for (const TestResult& result : results.tests) {
    if (worth_showing(result)) {
      budget.add(details(result));
    }
  }
  if (budget.left_out() > 0) {
    out += "\n" + std::to_string(budget.left_out()) +
           " more parts have no room here: see report.html and junit.xml\n";
  }
  return out;
}

}  // namespace harness
