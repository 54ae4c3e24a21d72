#include "harness/suite/test_case.h"

#include <gtest/gtest.h>

#include <set>

namespace harness {
namespace {

TEST(OutcomeNames, AreAllDifferentAndReadBack) {
  std::set<std::string_view> names;

  for (const Outcome outcome : kOutcomes) {
    names.insert(name_of(outcome));
    EXPECT_EQ(outcome_named(name_of(outcome)), outcome);
  }

  EXPECT_EQ(names.size(), kOutcomes.size());
  EXPECT_EQ(outcome_named("fine"), std::nullopt);
}

TEST(RedOutcomes, AreThoseOfTheContract) {
  const std::set<Outcome> red{Outcome::kFailed,      Outcome::kCrashed,       Outcome::kTimedOut,
                              Outcome::kEnvironment, Outcome::kVanished,      Outcome::kNotRun,
                              Outcome::kLlmMiss,     Outcome::kDiscoveryError};

  for (const Outcome outcome : kOutcomes) {
    EXPECT_EQ(is_red(outcome), red.contains(outcome)) << name_of(outcome);
  }
}

TEST(TestId, JoinsSuiteAndName) {
  const TestCase test{.suite = "agent", .name = "test_a.py::test_b[x/y]"};

  EXPECT_EQ(test.id(), "agent/test_a.py::test_b[x/y]");
}

}  // namespace
}  // namespace harness
