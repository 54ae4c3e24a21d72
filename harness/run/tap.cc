#include <charconv>
#include <set>

#include "common/base/text.h"
#include "harness/run/command_result.h"

namespace harness {
namespace {

constexpr std::size_t kDiagnosticBytesMax = 16 * 1024;
constexpr int kPlanMax = 100'000;

// A number at the front of `text`, which is moved behind it.
std::optional<int> take_number(std::string_view& text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end == text.data()) {
    return std::nullopt;
  }
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return value;
}

// The text without "\#" and "\\", cut at a '#' that is not escaped; what follows that goes to
// `directive`.
std::string unescaped(std::string_view text, std::string& directive) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == '#' || text[i + 1] == '\\')) {
      out += text[++i];
    } else if (text[i] == '#') {
      directive = base::trimmed(text.substr(i + 1));
      break;
    } else {
      out += text[i];
    }
  }
  return std::string(base::trimmed(out));
}

// The rest of a directive where it is `word`, whatever its case: "SKIP no lighthouse", "todo".
std::optional<std::string> directive_of(const std::string& directive, std::string_view word) {
  if (!base::equals_ignoring_case(directive.substr(0, word.size()), word)) {
    return std::nullopt;
  }
  std::size_t start = word.size();
  while (start < directive.size() && directive[start] != ' ') {
    ++start;  // SKIPPED
  }
  return std::string(base::trimmed(std::string_view(directive).substr(start)));
}

class TapReader {
 public:
  explicit TapReader(const redact::Redactor* redactor) : redactor_(redactor) {}

  CaseList read(std::string_view text);

 private:
  void line(std::string_view text);
  void plan(std::string_view text);
  void test(std::string_view text, bool good);
  void diagnostic(std::string_view text);
  void finish();

  void distrust(std::string why) {
    if (list_.trouble.empty()) {
      list_.trouble = std::move(why);
    }
  }

  const redact::Redactor* redactor_;
  CaseList list_;
  std::optional<int> planned_;
  std::set<int> numbers_;
  bool bailed_out_ = false;
};

void TapReader::plan(std::string_view text) {
  text.remove_prefix(3);
  const std::optional<int> count = take_number(text);
  if (!count || *count < 0 || *count > kPlanMax) {
    distrust("its plan is no number of tests");
    return;
  }
  if (planned_) {
    distrust("it has two plans");
    return;
  }
  planned_ = count;
  std::string directive;
  unescaped(text, directive);
  if (const std::optional<std::string> reason = directive_of(directive, "skip");
      reason && *count == 0) {
    list_.skipped = reason->empty() ? "its plan is 1..0" : *reason;
  }
}

void TapReader::test(std::string_view text, bool good) {
  if (list_.cases.size() >= kCommandCasesMax) {
    distrust("more than " + std::to_string(kCommandCasesMax) + " tests");
    return;
  }
  // Before its escapes are taken away: they may be the secret's.
  const std::string line = cleaned(text, redactor_);
  text = base::trimmed(line);
  const int next = static_cast<int>(list_.cases.size()) + 1;
  const int number = take_number(text).value_or(next);
  if (number < 1 || !numbers_.insert(number).second) {
    distrust("its test " + std::to_string(number) + " comes twice");
  }
  text = base::trimmed(text);
  if (text.starts_with("- ")) {
    text.remove_prefix(2);
  }
  std::string directive;
  CommandCase entry;
  entry.name = unescaped(text, directive);
  if (entry.name.empty() || entry.name == "-") {
    entry.name = "test " + std::to_string(number);
  }
  Judgement& judgement = entry.judgement;
  if (const auto reason = directive_of(directive, "todo")) {
    judgement.outcome = good ? Outcome::kXpassed : Outcome::kXfailed;
    judgement.reason = *reason;
  } else if (const auto why = directive_of(directive, "skip"); why && good) {
    judgement.outcome = Outcome::kSkipped;
    judgement.reason = *why;
  } else if (!good) {
    judgement = {Outcome::kFailed, "not ok", {{"not ok", "", "", 0}}, false};
  }
  list_.cases.push_back(std::move(entry));
}

// What follows a failed test until the next: the first line of it with a word is its reason.
void TapReader::diagnostic(std::string_view text) {
  if (list_.cases.empty() || list_.cases.back().judgement.outcome != Outcome::kFailed) {
    return;
  }
  Judgement& judgement = list_.cases.back().judgement;
  Failure& failure = judgement.failures.front();
  const std::string_view words = base::trimmed(text.substr(text.find_first_not_of("# ")));
  if (failure.text.size() + text.size() < kDiagnosticBytesMax) {
    failure.text += std::string(text) + "\n";
  }
  if (judgement.reason == "not ok" && words != "---" && words != "...") {
    judgement.reason = failure.message =
        base::shortened(base::printable(cleaned(words, redactor_)), 1024);
  }
}

void TapReader::line(std::string_view text) {
  if (text.ends_with('\r')) {
    text.remove_suffix(1);
  }
  if (bailed_out_ || base::trimmed(text).empty()) {
    return;
  }
  const auto is_test = [&](std::string_view word) {
    return text.starts_with(word) && (text.size() == word.size() || text[word.size()] == ' ');
  };
  if (is_test("ok")) {
    test(text.substr(2), true);
  } else if (is_test("not ok")) {
    test(text.substr(6), false);
  } else if (text.starts_with("1..")) {
    plan(text);
  } else if (base::equals_ignoring_case(text.substr(0, 9), "Bail out!")) {
    bailed_out_ = true;
    const std::string_view why = base::trimmed(text.substr(9));
    distrust("it bailed out" + (why.empty() ? "" : ": " + base::printable(why)));
  } else if (text.find_first_not_of("# ") != std::string_view::npos &&
             (text.front() == ' ' || text.front() == '#')) {
    diagnostic(text);
  }
}

void TapReader::finish() {
  const int came = static_cast<int>(list_.cases.size());
  if (!planned_) {
    distrust(came == 0 ? "neither a plan nor a test: this is not TAP"
                       : "it has no plan, so nobody knows whether its " + std::to_string(came) +
                             " tests are all");
  } else if (*planned_ != came) {
    distrust("its plan says " + std::to_string(*planned_) + " tests and " + std::to_string(came) +
             " came");
  } else if (!numbers_.empty() && *numbers_.rbegin() > *planned_) {
    distrust("its test " + std::to_string(*numbers_.rbegin()) + " is not in its plan");
  }
}

CaseList TapReader::read(std::string_view text) {
  for (const std::string_view entry : base::split(text, '\n')) {
    line(entry);
  }
  finish();
  return std::move(list_);
}

}  // namespace

CaseList read_tap(std::string_view text, const redact::Redactor* redactor) {
  return TapReader(redactor).read(text);
}

}  // namespace harness
