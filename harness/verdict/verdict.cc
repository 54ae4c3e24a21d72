#include "harness/verdict/verdict.h"

#include <algorithm>
#include <cmath>

#include <nlohmann/json.hpp>

namespace harness {
namespace {

// A code that applies, and its sentence.
struct Finding {
  ExitCode code;
  std::string reason;
};

// Where several apply, the first in this order is the run's.
constexpr std::array kPrecedence{
    ExitCode::kInternalError, ExitCode::kNotDelivered,     ExitCode::kInterrupted,
    ExitCode::kOutOfTime,     ExitCode::kShardsDoNotAddUp, ExitCode::kUsage,
    ExitCode::kSecretMissing, ExitCode::kMigrationFailed,  ExitCode::kServiceRefused,
    ExitCode::kNothingListed, ExitCode::kTestsFailed,      ExitCode::kServiceNotReady,
    ExitCode::kNothingToRun,  ExitCode::kFlakyOnly,        ExitCode::kPassed};

std::size_t rank(ExitCode code) {
  return static_cast<std::size_t>(std::find(kPrecedence.begin(), kPrecedence.end(), code) -
                                  kPrecedence.begin());
}

std::string counted(std::int64_t count, const std::string& thing, const std::string& rest = "") {
  return std::to_string(count) + " " + thing + (count == 1 ? "" : "s") + (rest.empty() ? "" : " ") +
         rest;
}

void tally(const RunResults& results, Verdict& verdict) {
  for (const TestResult& result : results.tests) {
    ++verdict.counts[static_cast<std::size_t>(result.outcome)];
    for (const AttemptFinished& attempt : result.attempts) {
      verdict.misses += attempt.misses;
    }
  }
  verdict.counts[static_cast<std::size_t>(Outcome::kDiscoveryError)] +=
      static_cast<int>(results.listing_errors.size());
  verdict.total = static_cast<int>(results.tests.size() + results.listing_errors.size());
  for (const UnattributedCalls& calls : results.unattributed) {
    verdict.misses += calls.misses;
    verdict.unattributed += calls.session == "default" ? calls.calls_total : 0;
  }
}

// "failed", as it stands in "2 tests failed".
std::string said(Outcome outcome) {
  switch (outcome) {
    case Outcome::kTimedOut:
      return "timed out";
    case Outcome::kNotRun:
      return "not run";
    case Outcome::kEnvironment:
      return "without a service";
    case Outcome::kLlmMiss:
      return "with calls that no fixture answers";
    case Outcome::kDiscoveryError:
      return "that cannot be listed";
    default:
      return std::string(name_of(outcome));
  }
}

void find_red_tests(const RunResults& results, const Verdict& verdict,
                    std::vector<Finding>& findings) {
  for (const Outcome outcome : kOutcomes) {
    int count = verdict.count(outcome);
    if (outcome == Outcome::kNotRun) {
      count -= static_cast<int>(
          std::count_if(results.tests.begin(), results.tests.end(), [](const TestResult& test) {
            return test.by_fail_fast && test.outcome == Outcome::kNotRun;
          }));
    }
    if (!is_red(outcome) || count == 0) {
      continue;
    }
    const bool unlisted = outcome == Outcome::kDiscoveryError;
    findings.push_back(
        {outcome == Outcome::kEnvironment ? ExitCode::kServiceNotReady : ExitCode::kTestsFailed,
         counted(count, unlisted ? "suite or file" : "test", said(outcome))});
  }
  if (verdict.misses > 0) {
    const bool red =
        std::any_of(results.tests.begin(), results.tests.end(),
                    [](const TestResult& test) { return test.outcome == Outcome::kLlmMiss; });
    if (red) {
      findings.push_back(
          {ExitCode::kTestsFailed, counted(verdict.misses, "call", "without a fixture")});
    }
  }
}

void find_unowned_calls(const RunResults& results, std::vector<Finding>& findings) {
  for (const UnattributedCalls& calls : results.unattributed) {
    if (calls.warn_only) {
      continue;
    }
    if (calls.session == "default") {
      findings.push_back(
          {ExitCode::kTestsFailed, counted(calls.calls_total, "call", "that no attempt owns")});
    } else if (calls.misses > 0) {
      findings.push_back(
          {ExitCode::kTestsFailed,
           counted(calls.misses, "call", "without a fixture before the first test")});
    }
  }
}

void find_empty_list(const RunResults& results, std::vector<Finding>& findings) {
  if (!results.listed) {
    return;
  }
  if (results.list.listed == 0 && !results.listing_errors.empty()) {
    findings.push_back({ExitCode::kNothingListed, "nothing could be listed"});
  }
  for (const std::string& suite : results.list.empty_suites) {
    findings.push_back({ExitCode::kNothingToRun, "suite " + suite + " lists no test"});
  }
  // A shard may have nothing to do where the list has something.
  const bool only_shard = results.start.shard_count == 1;
  if (results.tests.empty() && (only_shard || results.list.listed == 0)) {
    findings.push_back({ExitCode::kNothingToRun, "no test was selected"});
  }
}

void find_what_ended_it(const RunResults& results, std::vector<Finding>& findings) {
  for (const RunFailed& failure : results.failures) {
    findings.push_back({static_cast<ExitCode>(failure.exit_code), failure.reason});
  }
  for (const RunInterrupted& event : results.interruptions) {
    findings.push_back({event.out_of_time ? ExitCode::kOutOfTime : ExitCode::kInterrupted,
                        event.out_of_time ? event.reason : "interrupted by " + event.reason});
  }
  for (const ServiceFailed& failure : results.service_failures) {
    findings.push_back({static_cast<ExitCode>(failure.exit_code),
                        "service " + failure.service + ": " + failure.reason});
  }
  if (!results.finished && findings.empty()) {
    findings.push_back(
        {ExitCode::kInternalError, "the journal has no end: the harness itself was ended"});
  }
}

}  // namespace

std::string_view word_of(ExitCode code) {
  switch (code) {
    case ExitCode::kPassed:
      return "passed";
    case ExitCode::kTestsFailed:
      return "failed";
    case ExitCode::kUsage:
      return "usage";
    case ExitCode::kNothingToRun:
      return "nothing_to_run";
    case ExitCode::kNothingListed:
      return "nothing_listed";
    case ExitCode::kFlakyOnly:
      return "flaky";
    case ExitCode::kServiceNotReady:
      return "not_ready";
    case ExitCode::kServiceRefused:
      return "refused";
    case ExitCode::kMigrationFailed:
      return "migration_failed";
    case ExitCode::kSecretMissing:
      return "secret_missing";
    case ExitCode::kInterrupted:
      return "interrupted";
    case ExitCode::kOutOfTime:
      return "out_of_time";
    case ExitCode::kShardsDoNotAddUp:
      return "shards_do_not_add_up";
    case ExitCode::kInternalError:
      return "internal_error";
    case ExitCode::kNotDelivered:
      return "not_delivered";
  }
  return "internal_error";
}

Verdict decide(const RunResults& results) {
  Verdict verdict;
  tally(results, verdict);
  std::vector<Finding> findings;
  find_what_ended_it(results, findings);
  find_red_tests(results, verdict, findings);
  find_unowned_calls(results, findings);
  find_empty_list(results, findings);
  if (verdict.count(Outcome::kFlaky) > 0) {
    findings.push_back(
        {ExitCode::kFlakyOnly, counted(verdict.count(Outcome::kFlaky), "test", "flaky")});
  }
  std::stable_sort(findings.begin(), findings.end(),
                   [](const Finding& a, const Finding& b) { return rank(a.code) < rank(b.code); });
  verdict.exit_code = findings.empty() ? ExitCode::kPassed : findings.front().code;
  verdict.word = word_of(verdict.exit_code);
  for (Finding& finding : findings) {
    verdict.reasons.push_back(std::move(finding.reason));
  }
  return verdict;
}

std::string to_json(const Verdict& verdict, const RunResults& results,
                    const std::string& journal_sha256) {
  using nlohmann::ordered_json;
  ordered_json counts = {{"total", verdict.total}};
  for (const Outcome outcome : kOutcomes) {
    counts[std::string(name_of(outcome))] = verdict.count(outcome);
  }
  const ordered_json out = {
      {"drydock", "verdict/v1"},
      {"run", results.start.run},
      {"verdict", verdict.word},
      {"exit_code", code_of(verdict.exit_code)},
      {"reasons", verdict.reasons},
      {"counts", counts},
      {"llm",
       {{"mode", results.start.llm_mode},
        {"reason", results.start.llm_reason},
        {"calls", results.llm_calls},
        {"misses", verdict.misses},
        {"unattributed", verdict.unattributed},
        {"cost_usd", 0}}},
      {"shard", {{"index", results.start.shard_index}, {"count", results.start.shard_count}}},
      {"list_sha256", results.list.list_sha256},
      {"durations_sha256", results.list.durations_sha256},
      {"journal_sha256", journal_sha256},
      {"started", results.started_at},
      {"duration_ms", std::llround(results.duration_ms)}};
  return out.dump(2, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

}  // namespace harness
