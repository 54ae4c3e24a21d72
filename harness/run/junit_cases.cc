#include <charconv>

#include <pugixml.hpp>

#include "common/base/text.h"
#include "harness/run/command_result.h"

namespace harness {
namespace {

constexpr int kNestingMax = 64;
constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr std::size_t kMessageBytesMax = 1024;
constexpr std::size_t kFailuresMax = 50;

std::string one_line(std::string_view text) {
  const std::string_view first = text.substr(0, text.find('\n'));
  return base::shortened(base::printable(base::trimmed(first)), kMessageBytesMax);
}

int number_of(const pugi::xml_node& node, const char* name) {
  const std::string_view text = node.attribute(name).value();
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} ? value : 0;
}

double seconds_of(const pugi::xml_node& node) {
  const std::string_view text = node.attribute("time").value();
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc{} && value > 0 && value < 1e9 ? value : 0;
}

Failure failure_of(const pugi::xml_node& node, const pugi::xml_node& test,
                   const redact::Redactor* redactor) {
  const std::string text = cleaned(node.text().get(), redactor);
  const std::string message = cleaned(node.attribute("message").value(), redactor);
  Failure failure;
  failure.text = base::shortened(text.empty() ? message : text, kTextBytesMax);
  failure.message = one_line(message.empty() ? text : message);
  if (failure.message.empty()) {
    failure.message = node.name();
  }
  failure.file = test.attribute("file").value();
  failure.line = number_of(test, "line");
  return failure;
}

class JunitReader {
 public:
  explicit JunitReader(const redact::Redactor* redactor) : redactor_(redactor) {}

  CaseList read(const std::string& xml);

 private:
  void suite(const pugi::xml_node& node, int depth);
  void test(const pugi::xml_node& node);

  void distrust(std::string why) {
    if (list_.trouble.empty()) {
      list_.trouble = std::move(why);
    }
  }

  const redact::Redactor* redactor_;
  CaseList list_;
  int red_ = 0;
};

// A pass is what nothing speaks against: neither a failure, an error nor a skip is there.
void JunitReader::test(const pugi::xml_node& node) {
  if (list_.cases.size() >= kCommandCasesMax) {
    distrust("more than " + std::to_string(kCommandCasesMax) + " cases");
    return;
  }
  const std::string name = node.attribute("name").value();
  const std::string group = node.attribute("classname").value();
  CommandCase entry;
  entry.name = group.empty() || name.starts_with(group) ? name : group + "." + name;
  entry.duration_ms = seconds_of(node) * 1000;
  Judgement& judgement = entry.judgement;
  for (const pugi::xml_node& child : node.children()) {
    const std::string_view kind = child.name();
    if ((kind == "failure" || kind == "error") && judgement.failures.size() < kFailuresMax) {
      judgement.outcome = Outcome::kFailed;
      judgement.failures.push_back(failure_of(child, node, redactor_));
      judgement.reason = judgement.failures.front().message;
    } else if (kind == "skipped" && judgement.outcome == Outcome::kPassed) {
      judgement.outcome = Outcome::kSkipped;
      judgement.reason = one_line(cleaned(child.attribute("message").value(), redactor_));
    } else if ((kind == "flakyFailure" || kind == "flakyError") &&
               judgement.outcome == Outcome::kPassed) {
      judgement.outcome = Outcome::kFlaky;
      judgement.reason = "passed after " + failure_of(child, node, redactor_).message;
    }
  }
  if (base::trimmed(name).empty()) {
    // Written for a test that was cut short, or for a failure of a set-up: a pass it is not.
    distrust("it has a case without a name");
    entry.name = group.empty() ? "(no name)" : group + ".(no name)";
    if (!is_red(judgement.outcome)) {
      judgement = {
          Outcome::kFailed, "a case without a name", {{"a case without a name", "", "", 0}}, false};
    }
  }
  red_ += is_red(judgement.outcome) ? 1 : 0;
  list_.cases.push_back(std::move(entry));
}

void JunitReader::suite(const pugi::xml_node& node, int depth) {
  if (depth > kNestingMax) {
    distrust("its suites are nested deeper than " + std::to_string(kNestingMax));
    return;
  }
  const int before = red_;
  for (const pugi::xml_node& child : node.children()) {
    const std::string_view kind = child.name();
    if (kind == "testcase") {
      test(child);
    } else if (kind == "testsuite") {
      suite(child, depth + 1);
    }
  }
  // Counts come from the cases. A suite that owns up to more than its cases show is not green.
  const int told = number_of(node, "failures") + number_of(node, "errors");
  if (told > 0 && red_ == before) {
    distrust("it counts " + std::to_string(told) + " failures, and none of its cases has one");
  }
}

CaseList JunitReader::read(const std::string& xml) {
  pugi::xml_document document;
  const pugi::xml_parse_result parsed = document.load_buffer(xml.data(), xml.size());
  const pugi::xml_node root = document.document_element();
  const std::string_view name = root.name();
  if (!parsed) {
    distrust(xml.empty() ? "it is empty"
                         : "it is not whole: " + std::string(parsed.description()) + " at byte " +
                               std::to_string(parsed.offset));
  } else if (name != "testsuites" && name != "testsuite") {
    distrust("it is not JUnit: its root is <" + base::printable(name) + ">");
  } else {
    suite(root, 0);
  }
  return std::move(list_);
}

}  // namespace

CaseList read_junit(const std::string& xml, const redact::Redactor* redactor) {
  return JunitReader(redactor).read(xml);
}

}  // namespace harness
