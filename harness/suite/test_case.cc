#include "harness/suite/test_case.h"

namespace harness {

std::string_view name_of(SuiteKind kind) {
  switch (kind) {
    case SuiteKind::kGoogleTest:
      return "gtest";
    case SuiteKind::kPytest:
      return "pytest";
    case SuiteKind::kCommand:
      return "command";
  }
  return "gtest";
}

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
      return "passed";
    case Outcome::kFailed:
      return "failed";
    case Outcome::kCrashed:
      return "crashed";
    case Outcome::kTimedOut:
      return "timed_out";
    case Outcome::kSkipped:
      return "skipped";
    case Outcome::kXfailed:
      return "xfailed";
    case Outcome::kXpassed:
      return "xpassed";
    case Outcome::kFlaky:
      return "flaky";
    case Outcome::kEnvironment:
      return "environment";
    case Outcome::kVanished:
      return "vanished";
    case Outcome::kNotRun:
      return "not_run";
    case Outcome::kDiscoveryError:
      return "discovery_error";
    case Outcome::kLlmMiss:
      return "llm_miss";
  }
  return "failed";
}

std::optional<Outcome> outcome_named(std::string_view name) {
  for (const Outcome outcome : kOutcomes) {
    if (name_of(outcome) == name) {
      return outcome;
    }
  }
  return std::nullopt;
}

bool is_red(Outcome outcome) {
  switch (outcome) {
    case Outcome::kPassed:
    case Outcome::kSkipped:
    case Outcome::kXfailed:
    case Outcome::kXpassed:
    case Outcome::kFlaky:
      return false;
    case Outcome::kFailed:
    case Outcome::kCrashed:
    case Outcome::kTimedOut:
    case Outcome::kEnvironment:
    case Outcome::kVanished:
    case Outcome::kNotRun:
    case Outcome::kDiscoveryError:
    case Outcome::kLlmMiss:
      return true;
  }
  return true;
}

}  // namespace harness
