#include "harness/run/pytest_result.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

PytestMessage phase(const std::string& when, const std::string& outcome,
                    std::optional<std::string> xfail = {}) {
  PytestMessage message;
  message.event = "phase";
  message.when = when;
  message.outcome = outcome;
  message.message = when + " " + outcome;
  message.file = "/project/tests/a.py";
  message.line = 5;
  message.xfail = std::move(xfail);
  return message;
}

Outcome outcome_of(const std::vector<PytestMessage>& phases) {
  return judge_pytest(phases, "/project").outcome;
}

TEST(PytestJudgement, FollowsTheWorstPhase) {
  const PytestMessage set_up = phase("setup", "passed");
  const PytestMessage call = phase("call", "passed");
  const PytestMessage tear_down = phase("teardown", "passed");

  EXPECT_EQ(outcome_of({set_up, call, tear_down}), Outcome::kPassed);
  EXPECT_EQ(outcome_of({set_up, phase("call", "failed"), tear_down}), Outcome::kFailed);
  EXPECT_EQ(outcome_of({phase("setup", "failed"), tear_down}), Outcome::kFailed);
  EXPECT_EQ(outcome_of({set_up, call, phase("teardown", "failed")}), Outcome::kFailed);
  EXPECT_EQ(outcome_of({phase("setup", "skipped"), tear_down}), Outcome::kSkipped);
  EXPECT_EQ(outcome_of({set_up, phase("call", "skipped", "known"), tear_down}), Outcome::kXfailed);
  EXPECT_EQ(outcome_of({set_up, phase("call", "passed", "known"), tear_down}), Outcome::kXpassed);
  EXPECT_EQ(outcome_of({set_up, phase("call", "skipped"), phase("teardown", "failed")}),
            Outcome::kFailed);
}

TEST(PytestJudgement, KeepsBothFailuresOfOneTest) {
  const Judgement judgement = judge_pytest(
      {phase("setup", "passed"), phase("call", "failed"), phase("teardown", "failed")}, "/project");

  ASSERT_EQ(judgement.failures.size(), 2U);
  EXPECT_EQ(judgement.failures[0].file, "tests/a.py");
  EXPECT_EQ(judgement.failures[0].line, 5);
  EXPECT_EQ(judgement.failures[1].message, "teardown: teardown failed");
}

TEST(PytestJudgement, DoesNotTakeSilenceForAPass) {
  EXPECT_EQ(outcome_of({}), Outcome::kVanished);
  EXPECT_EQ(outcome_of({phase("setup", "passed"), phase("call", "passed")}), Outcome::kVanished);
}

}  // namespace
}  // namespace harness
