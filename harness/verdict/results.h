// verdict: from the events of a run to what became of each test, and of the run. Pure: the same
// journal gives the same verdict, today and out of an archive.
//
// Doors: collect() for the tests, decide() in verdict.h for the run.
// May include: common/base, harness/{suite,run (event.h)}.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "harness/run/event.h"

namespace harness {

// When something was, in milliseconds since the start of the run.
struct Interval {
  double started_ms = 0;
  double ended_ms = 0;
};

// One test and all its attempts.
struct TestResult {
  TestCase test;
  Outcome outcome = Outcome::kNotRun;  // of the test: flaky where a later attempt passed
  std::string reason;
  bool by_fail_fast = false;  // not run, and not red for it
  // In order, as revised. One that began and has no end in the journal is here too: vanished, and
  // its reason begins with kNotFinished.
  std::vector<AttemptFinished> attempts;
  std::vector<Interval> times;  // one for each attempt
};

inline constexpr std::string_view kNotFinished = "not finished: ";

// A suite, or a file of one, that could not be listed.
struct ListingError {
  std::string id;  // "suite/path", as a case of its own
  DiscoveryFailed failure;
};

struct RunResults {
  RunStarted start;
  std::string started_at;         // RFC 3339
  std::vector<TestResult> tests;  // in the order of the list
  std::vector<ListingError> listing_errors;
  TestsListed list;     // without its tests: they are above
  bool listed = false;  // the list was made
  std::vector<PhaseFinished> phases;
  std::vector<Interval> phase_times;  // one for each phase
  std::vector<ServiceReady> services;
  std::vector<ServiceFailed> service_failures;
  std::vector<UnattributedCalls> unattributed;
  std::vector<RunInterrupted> interruptions;
  std::vector<RunFailed> failures;
  bool finished = false;  // the run came to its end
  double duration_ms = 0;
  std::int64_t llm_calls = 0;
};

RunResults collect(const std::vector<Record>& records);

}  // namespace harness
