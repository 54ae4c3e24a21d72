#include "harness/verdict/results.h"

#include <algorithm>
#include <map>
#include <utility>

namespace harness {
namespace {

class Collector {
 public:
  explicit Collector(RunResults& results) : results_(results) {}

  void add(const Record& record) {
    now_ms_ = record.mono_ms;
    std::visit(*this, record.event);
  }

  // After the last record.
  void end() {
    for (const auto& [attempt, started_ms] : open_) {
      if (TestResult* result = find(attempt.first)) {
        AttemptFinished event;
        event.test = attempt.first;
        event.attempt = attempt.second;
        event.outcome = Outcome::kVanished;
        event.reason = std::string(kNotFinished) + "attempt " + std::to_string(attempt.second) +
                       " began, and its end is not in the journal";
        event.duration_ms = now_ms_ - started_ms;
        result->attempts.push_back(std::move(event));
        result->times.push_back({started_ms, now_ms_});
      }
    }
    // Only the length of a run that came to its end is told by it.
    results_.duration_ms = results_.finished ? results_.duration_ms : now_ms_;
  }

  void operator()(const RunStarted& event) { results_.start = event; }

  void operator()(const PhaseFinished& event) {
    results_.phases.push_back(event);
    results_.phase_times.push_back({now_ms_ - event.duration_ms, now_ms_});
  }

  void operator()(const ServiceReady& event) { results_.services.push_back(event); }

  void operator()(const ServiceFailed& event) { results_.service_failures.push_back(event); }

  void operator()(const TestsListed& event) {
    results_.listed = true;
    results_.list = event;
    results_.list.tests.clear();
    for (const TestCase& test : event.tests) {
      add(test);
    }
  }

  void operator()(const DiscoveryFailed& event) {
    const std::string path = event.path.empty() ? event.suite : event.path;
    results_.listing_errors.push_back({event.suite + "/" + path, event});
  }

  void operator()(const AttemptStarted& event) {
    open_[{event.test, event.attempt}] = now_ms_;
    if (find(event.test) == nullptr) {
      add_found(event.test);
    }
  }

  void operator()(const AttemptFinished& event) {
    const auto begun = open_.find({event.test, event.attempt});
    const double started_ms = begun == open_.end() ? now_ms_ - event.duration_ms : begun->second;
    if (begun != open_.end()) {
      open_.erase(begun);
    }
    if (TestResult* result = find(event.test)) {
      result->attempts.push_back(event);
      result->times.push_back({started_ms, started_ms + event.duration_ms});
    }
  }

  void operator()(const AttemptRevised& event) {
    TestResult* result = find(event.test);
    if (result == nullptr) {
      return;
    }
    for (AttemptFinished& attempt : result->attempts) {
      if (attempt.attempt == event.attempt) {
        attempt.outcome = event.outcome;
        attempt.reason = event.reason.empty() ? attempt.reason : event.reason;
        attempt.calls = event.calls;
        attempt.calls_total = event.calls_total;
        attempt.misses = event.misses;
      }
    }
  }

  void operator()(const TestNotRun& event) {
    if (TestResult* result = find(event.test)) {
      result->reason = event.reason;
      result->by_fail_fast = event.fail_fast;
    }
  }

  void operator()(const UnattributedCalls& event) { results_.unattributed.push_back(event); }

  void operator()(const RunInterrupted& event) { results_.interruptions.push_back(event); }

  void operator()(const RunFailed& event) { results_.failures.push_back(event); }

  void operator()(const RunFinished& event) {
    results_.finished = true;
    results_.duration_ms = event.duration_ms;
    results_.llm_calls = event.llm_calls;
  }

 private:
  TestResult* find(const std::string& id) {
    const auto found = places_.find(id);
    return found == places_.end() ? nullptr : &results_.tests[found->second];
  }

  void add(const TestCase& test) {
    places_[test.id()] = results_.tests.size();
    TestResult result;
    result.test = test;
    result.reason = "the journal does not say that it began";
    results_.tests.push_back(std::move(result));
  }

  // A case of a command, which no list has: the names of suites have no slash.
  void add_found(const std::string& id) {
    const std::size_t slash = id.find('/');
    if (slash != std::string::npos) {
      add({id.substr(0, slash), id.substr(slash + 1)});
    }
  }

  RunResults& results_;
  std::map<std::string, std::size_t> places_;
  std::map<std::pair<std::string, int>, double> open_;  // attempts that began: since when
  double now_ms_ = 0;
};

// The test's outcome is that of its last attempt; a pass after a red attempt is flaky.
void conclude(TestResult& result) {
  if (result.attempts.empty()) {
    return;
  }
  const AttemptFinished& last = result.attempts.back();
  result.by_fail_fast = false;  // what was not run is at most another attempt
  result.outcome = last.outcome;
  result.reason = last.reason;
  const auto red =
      std::find_if(result.attempts.begin(), result.attempts.end(),
                   [](const AttemptFinished& attempt) { return is_red(attempt.outcome); });
  if (last.outcome == Outcome::kPassed && red != result.attempts.end()) {
    result.outcome = Outcome::kFlaky;
    result.reason =
        "passed at attempt " + std::to_string(last.attempt) + "; before: " + red->reason;
  }
}

}  // namespace

RunResults collect(const std::vector<Record>& records) {
  RunResults results;
  Collector collector(results);
  for (const Record& record : records) {
    if (results.started_at.empty()) {
      results.started_at = record.at;
    }
    collector.add(record);
  }
  collector.end();
  for (TestResult& result : results.tests) {
    conclude(result);
  }
  return results;
}

}  // namespace harness
