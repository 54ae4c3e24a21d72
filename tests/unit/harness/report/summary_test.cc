#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/report/console.h"

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(Summary, ShowsAFailedTestWithItsPlaceAndItsCalls) {
  RunResults results;
  results.finished = true;
  TestResult test;
  test.test.suite = "agent";
  test.test.name = "S.T";
  test.outcome = Outcome::kLlmMiss;
  AttemptFinished attempt;
  attempt.outcome = Outcome::kLlmMiss;
  attempt.failures = {{"expected 3", "expected 3\nbut\x1b[2J got 4", "a.cc", 12}};
  LlmCall call;
  call.outcome = "miss";
  call.asked = "hello";
  call.nearest = {"fixtures/a.yaml#greets: turn should be 0, got '1'"};
  attempt.calls = {call};
  attempt.calls_total = 1;
  test.attempts = {attempt};
  results.tests = {test};

  const std::string text = summary_text(results, decide(results), Style(false));

  EXPECT_THAT(text, HasSubstr("llm_miss agent/S.T"));
  EXPECT_THAT(text, HasSubstr("a.cc:12: expected 3"));
  EXPECT_THAT(text, HasSubstr("nearest fixtures/a.yaml#greets"));
  EXPECT_THAT(text, HasSubstr("failed (exit code 1)"));
  EXPECT_THAT(text, Not(HasSubstr("\x1b")));  // what a test prints cannot steer the terminal
}

TEST(Summary, SaysWhereTheArtifactsOfAFailingTestAre) {
  RunResults results;
  for (const Outcome outcome : {Outcome::kFailed, Outcome::kPassed}) {
    TestResult test;
    test.test = {"s", std::string(name_of(outcome))};
    test.outcome = outcome;
    AttemptFinished attempt;
    attempt.outcome = outcome;
    attempt.artifacts = {"artifacts/" + test.test.name + ".1",
                         {{"a.txt", 1'000}, {"b.txt", 2'072}},
                         {{"larger than 16 MiB", 1}}};
    test.attempts = {attempt};
    results.tests.push_back(test);
  }

  const std::string text = summary_text(results, decide(results), Style(false));

  EXPECT_THAT(text, HasSubstr("\n  artifacts: 2 files, 3.0 KiB, in artifacts/failed.1; "
                              "left out: 1 larger than 16 MiB\n"));
  EXPECT_THAT(text, Not(HasSubstr("artifacts/passed.1")));
}

}  // namespace
}  // namespace harness
