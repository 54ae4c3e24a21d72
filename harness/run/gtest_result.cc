#include "harness/run/gtest_result.h"

#include <charconv>

#include <pugixml.hpp>

#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::size_t kTextBytesMax = 64 * 1024;
constexpr std::size_t kMessageBytesMax = 1024;
constexpr std::size_t kFailuresMax = 50;
constexpr std::string_view kExpectsMisses = "expects_misses";

// "path/file.cc:12" into its two parts.
bool split_place(std::string_view text, std::string& file, int& line) {
  const std::size_t colon = text.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    return false;
  }
  const std::string_view digits = text.substr(colon + 1);
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), line);
  if (error != std::errc{} || end != digits.data() + digits.size()) {
    line = 0;
    return false;
  }
  file = text.substr(0, colon);
  return true;
}

// GoogleTest writes "file:line" as the first line of a failure, "unknown file" where it does not
// know.
Failure make_failure(std::string_view text) {
  Failure failure;
  failure.text = base::shortened(text, kTextBytesMax);
  const std::size_t end = text.find('\n');
  const bool placed = split_place(text.substr(0, end), failure.file, failure.line);
  std::string_view message = text;
  if (end != std::string_view::npos && (placed || text.starts_with("unknown file"))) {
    message = text.substr(end + 1);
  }
  std::string line(message);
  for (char& c : line) {
    c = c == '\n' ? ' ' : c;
  }
  failure.message = base::shortened(base::trimmed(line), kMessageBytesMax);
  return failure;
}

struct Report {
  bool found = false;  // the test itself, and it ran
  bool skipped = false;
  int ran = 0;  // tests that ran
  std::string skip_message;
  bool expects_misses = false;
  std::vector<Failure> failures;  // also of cases without a name: SetUpTestSuite, environments
  const redact::Redactor* redactor = nullptr;
};

void read_case(const pugi::xml_node& node, const std::string& test, Report& report) {
  const std::string name = node.attribute("name").value();
  const std::string full = std::string(node.attribute("classname").value()) + "." + name;
  const bool ran = std::string_view(node.attribute("status").value()) == "run";
  report.ran += ran && !name.empty() ? 1 : 0;
  if (full != test && !name.empty()) {
    return;
  }
  for (const pugi::xml_node& failure : node.children("failure")) {
    if (report.failures.size() < kFailuresMax) {
      const std::string text = failure.text().get();
      report.failures.push_back(make_failure(
          cleaned(text.empty() ? failure.attribute("message").value() : text, report.redactor)));
    }
  }
  if (full != test || !ran) {
    return;
  }
  report.found = true;
  if (const pugi::xml_node skipped = node.child("skipped")) {
    report.skipped = true;
    report.skip_message =
        make_failure(cleaned(skipped.attribute("message").value(), report.redactor)).message;
  }
  for (const pugi::xml_node& property : node.child("properties").children("property")) {
    report.expects_misses |= property.attribute("name").value() == kExpectsMisses;
  }
}

std::optional<Report> read_report(const GtestRun& run) {
  pugi::xml_document document;
  if (!document.load_buffer(run.report->data(), run.report->size())) {
    return std::nullopt;
  }
  const pugi::xml_node root = document.child("testsuites");
  if (!root) {
    return std::nullopt;
  }
  Report report;
  report.redactor = run.redactor;
  for (const pugi::xml_node& suite : root.children("testsuite")) {
    for (const pugi::xml_node& node : suite.children("testcase")) {
      read_case(node, run.test, report);
    }
  }
  return report;
}

// "file.cc:12: Failure" lines of the transcript: where a report says nothing, they do.
std::vector<Failure> failures_of(const std::string& output) {
  constexpr std::string_view kMark = ": Failure\n";
  std::vector<Failure> failures;
  std::size_t at = 0;
  while ((at = output.find(kMark, at)) != std::string::npos && failures.size() < kFailuresMax) {
    const std::size_t start =
        output.rfind('\n', at) == std::string::npos ? 0 : output.rfind('\n', at) + 1;
    const std::size_t text = at + kMark.size();
    const std::size_t end = std::min(output.find("\n[", text), output.find("\n\n", text));
    failures.push_back(
        make_failure(output.substr(start, at - start) + "\n" +
                     output.substr(text, end == std::string::npos ? end : end - text)));
    at = text;
  }
  return failures;
}

// The test's last status line in the transcript says that it failed.
bool transcript_says_failed(const GtestRun& run) {
  const auto last = [&](std::string_view mark) {
    const std::string line = std::string(mark) + run.test;
    for (std::size_t at = run.output.rfind(line); at != std::string::npos && at != 0;
         at = run.output.rfind(line, at - 1)) {
      const std::size_t end = at + line.size();
      const bool whole = end == run.output.size() || run.output[end] == '\n' ||
                         run.output[end] == ' ' || run.output[end] == ',';
      if (whole && run.output[at - 1] == '\n') {
        return at;
      }
    }
    return std::size_t{0};
  };
  return last("[  FAILED  ] ") > std::max(last("[       OK ] "), last("[  SKIPPED ] "));
}

// GoogleTest's own summary names the suite whose set-up or tear-down failed; older reports do not.
bool transcript_says_suite_failed(const GtestRun& run) {
  const std::string suite = run.test.substr(0, run.test.find('.'));
  return run.output.find("\n[  FAILED  ] " + suite + ": SetUpTestSuite or TearDownTestSuite") !=
         std::string::npos;
}

// The transcript begins the test and never ends it: a report that was written by somebody else. A
// binary that prints nothing of its tests says nothing here.
bool transcript_leaves_it_open(const GtestRun& run) {
  const std::size_t begun = run.output.rfind("[ RUN      ] " + run.test);
  return begun != std::string::npos &&
         run.output.find("[       OK ] " + run.test, begun) == std::string::npos &&
         run.output.find("[  SKIPPED ] " + run.test, begun) == std::string::npos;
}

Judgement red(Outcome outcome, std::string reason, std::vector<Failure> failures = {}) {
  Judgement judgement{outcome, std::move(reason), std::move(failures), false};
  if (judgement.failures.empty()) {
    judgement.failures.push_back({judgement.reason, judgement.reason, "", 0});
  }
  return judgement;
}

Judgement without_report(const GtestRun& run) {
  if (run.status.clean()) {
    return red(Outcome::kVanished,
               "the process ended with exit code 0 before the test did: does it call exit()?");
  }
  if (run.status.code == 1 && transcript_says_failed(run)) {
    return red(Outcome::kFailed, "it failed, and its report is not there or not whole",
               failures_of(run.output));
  }
  return red(Outcome::kCrashed, ending_of(run.status, run.out_of_memory, " before the test did"),
             failures_of(run.output));
}

}  // namespace

std::string gtest_filter_for(std::string_view test) {
  std::string filter(test);
  for (char& c : filter) {
    if (c == ':' || c == '-' || c == '*') {
      c = '?';
    }
  }
  return filter;
}

Judgement judge_gtest(const GtestRun& run) {
  if (run.status.signal != 0) {
    return red(Outcome::kCrashed, ending_of(run.status, run.out_of_memory, ""),
               failures_of(run.output));
  }
  const std::optional<Report> report =
      run.report && !run.premature_exit ? read_report(run) : std::nullopt;
  if (!report) {
    return without_report(run);
  }
  Judgement judgement;
  if (!report->failures.empty()) {
    judgement = red(Outcome::kFailed, report->failures.front().message, report->failures);
  } else if (!run.status.clean()) {
    judgement = red(Outcome::kFailed,
                    to_string(run.status) +
                        " although the report has no failure: SetUpTestSuite, a global "
                        "environment, or main()",
                    failures_of(run.output));
  } else if (!report->found) {
    judgement = red(Outcome::kVanished, "the binary did not run it");
  } else if (report->ran > 1 && gtest_filter_for(run.test) == run.test) {
    judgement = red(Outcome::kFailed, "the binary ran " + std::to_string(report->ran) +
                                          " tests where this one was asked for");
  } else if (transcript_says_failed(run)) {
    judgement = red(Outcome::kFailed, "the report has no failure, but the output says FAILED");
  } else if (transcript_says_suite_failed(run)) {
    judgement = red(Outcome::kFailed,
                    "the output says that SetUpTestSuite or TearDownTestSuite failed, and exit "
                    "code and report do not",
                    failures_of(run.output));
  } else if (transcript_leaves_it_open(run)) {
    judgement = red(Outcome::kFailed, "the report has it to its end, but the output does not");
  } else if (report->skipped) {
    judgement.outcome = Outcome::kSkipped;
    judgement.reason = report->skip_message;
  }
  judgement.expects_misses = report->expects_misses;
  return judgement;
}

}  // namespace harness
