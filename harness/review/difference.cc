#include "harness/review/difference.h"

#include <map>

namespace harness {
namespace {

bool counts_as_red(const TestResult& result) {
  return is_red(result.outcome) && !result.by_fail_fast;
}

double last_ms(const TestResult& result) {
  return result.attempts.empty() ? 0 : result.attempts.back().duration_ms;
}

bool has_passed(Outcome outcome) {
  return outcome == Outcome::kPassed || outcome == Outcome::kFlaky;
}

Change change_of(const TestResult* before, const TestResult* after) {
  Change change;
  change.test = (after != nullptr ? after : before)->test.id();
  if (before != nullptr) {
    change.before = name_of(before->outcome);
    change.before_ms = last_ms(*before);
  }
  if (after != nullptr) {
    change.after = name_of(after->outcome);
    change.after_ms = last_ms(*after);
    change.reason = after->reason;
  }
  return change;
}

void place(const TestResult* before, const TestResult& after, Difference& out) {
  const Change change = change_of(before, &after);
  const bool was_red = before != nullptr && counts_as_red(*before);
  const bool was_flaky = before != nullptr && before->outcome == Outcome::kFlaky;
  if (counts_as_red(after)) {
    if (!was_red) {
      out.failing.push_back(change);
    }
    return;
  }
  if (after.outcome == Outcome::kFlaky && !was_flaky) {
    out.flaky.push_back(change);
  }
  if (after.outcome == Outcome::kPassed && (was_red || was_flaky)) {
    out.mended.push_back(change);
  }
  const bool comparable =
      before != nullptr && has_passed(before->outcome) && has_passed(after.outcome);
  if (comparable && change.after_ms > change.before_ms * kSlowFactor &&
      change.after_ms - change.before_ms >= kSlowMsMin) {
    out.slow.push_back(change);
  }
}

// What could not be listed is a test like any other here.
std::vector<TestResult> all_of(const RunResults& results) {
  std::vector<TestResult> all = results.tests;
  for (const ListingError& error : results.listing_errors) {
    TestResult result;
    result.test.suite = error.id.substr(0, error.id.find('/'));
    result.test.name = error.id.substr(error.id.find('/') + 1);
    result.outcome = Outcome::kDiscoveryError;
    result.reason = error.failure.reason;
    all.push_back(std::move(result));
  }
  return all;
}

bool is_green(const Verdict& verdict) {
  return verdict.exit_code == ExitCode::kPassed || verdict.exit_code == ExitCode::kFlakyOnly;
}

}  // namespace

Difference compare(const RunResults& before, const RunResults& after) {
  Difference out;
  out.before = decide(before);
  out.after = decide(after);
  const std::vector<TestResult> former = all_of(before);
  const std::vector<TestResult> later = all_of(after);
  std::map<std::string, const TestResult*> left;
  for (const TestResult& result : former) {
    left[result.test.id()] = &result;
  }
  for (const TestResult& result : later) {
    const auto found = left.find(result.test.id());
    place(found == left.end() ? nullptr : found->second, result, out);
    if (found != left.end()) {
      left.erase(found);
    }
  }
  for (const auto& [id, result] : left) {
    out.gone.push_back(change_of(result, nullptr));
  }
  return out;
}

ExitCode code_of_difference(const Difference& difference) {
  if (!difference.failing.empty() || (is_green(difference.before) && !is_green(difference.after))) {
    return ExitCode::kTestsFailed;
  }
  return difference.flaky.empty() ? ExitCode::kPassed : ExitCode::kFlakyOnly;
}

}  // namespace harness
