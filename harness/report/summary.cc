#include <algorithm>

#include "common/base/text.h"
#include "harness/report/console.h"
#include "harness/report/details.h"

namespace harness {
namespace {

constexpr std::size_t kTestsShownMax = 100;

std::string describe_test(const TestResult& result, Style style, Detail detail) {
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
  const bool whole = detail == Detail::kWhole && !result.attempts.empty();
  return whole ? out + describe_attempt(result.attempts.back(), style) : out;
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

std::string summary_text(const RunResults& results, const Verdict& verdict, Style style,
                         Detail detail) {
  std::string out;
  std::size_t shown = 0;
  for (const TestResult& result : results.tests) {
    const bool worth =
        (is_red(result.outcome) && !result.by_fail_fast) || result.outcome == Outcome::kFlaky;
    if (worth && ++shown <= kTestsShownMax) {
      out += describe_test(result, style, detail);
    }
  }
  if (shown > kTestsShownMax) {
    out += "\n... and " + std::to_string(shown - kTestsShownMax) + " more: see report.html\n";
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
