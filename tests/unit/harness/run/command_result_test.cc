#include "harness/run/command_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

CommandJudgement judge(CommandResults results, const std::optional<std::string>& source,
                       ExitStatus status = {}) {
  CommandRun run;
  run.results = results;
  run.status = status;
  run.source = source;
  run.source_name = results == CommandResults::kTap ? "TAP" : "report.xml";
  return judge_command(run);
}

CommandJudgement judge_tap(const std::string& text, ExitStatus status = {}) {
  return judge(CommandResults::kTap, text, status);
}

CommandJudgement judge_junit(const std::optional<std::string>& xml, ExitStatus status = {}) {
  return judge(CommandResults::kJunit, xml, status);
}

std::vector<std::string> told(const CommandJudgement& judgement) {
  std::vector<std::string> out;
  for (const CommandCase& entry : judgement.cases) {
    out.push_back(entry.name + " " + std::string(name_of(entry.judgement.outcome)));
  }
  return out;
}

TEST(ACommandWithoutCases, IsItsExitCode) {
  EXPECT_EQ(judge(CommandResults::kExitCode, {}).command.outcome, Outcome::kPassed);

  const Judgement failed = judge(CommandResults::kExitCode, {}, {3, 0}).command;
  EXPECT_EQ(failed.outcome, Outcome::kFailed);
  EXPECT_EQ(failed.reason, "exit code 3");
  EXPECT_EQ(judge(CommandResults::kExitCode, {}, {0, SIGSEGV}).command.outcome, Outcome::kCrashed);
}

TEST(Tap, IsBelievedWhereExitCodeAndPlanAgree) {
  const CommandJudgement judgement = judge_tap(
      "TAP version 14\n1..4\nok 1 - sails\n# a word\nok 2 - anchors # SKIP no harbour\n"
      "not ok 3 - flies # Todo wings\nok 4\n");

  EXPECT_EQ(judgement.command.outcome, Outcome::kPassed) << judgement.command.reason;
  EXPECT_THAT(told(judgement),
              ElementsAre("sails passed", "anchors skipped", "flies xfailed", "test 4 passed"));
  EXPECT_EQ(judgement.cases[1].judgement.reason, "no harbour");
}

TEST(Tap, GivesAFailureItsDiagnostic) {
  const CommandJudgement judgement = judge_tap(
      "ok 1 - sails\nnot ok 2 - a \\# in its name\n  ---\n  message: 'too deep'\n  ...\n1..2\n",
      {1, 0});

  EXPECT_EQ(judgement.command.outcome, Outcome::kPassed) << judgement.command.reason;
  EXPECT_THAT(told(judgement), ElementsAre("sails passed", "a # in its name failed"));
  EXPECT_EQ(judgement.cases[1].judgement.reason, "message: 'too deep'");
}

TEST(Tap, LeavesTheTestsOfASubtestToItsOwnLine) {
  EXPECT_THAT(told(judge_tap("    ok 1 - inner\n    not ok 2 - inner\n    1..2\nnot ok 1 - outer\n"
                             "1..1\n",
                             {1, 0})),
              ElementsAre("outer failed"));
}

struct Lie {
  const char* text;
  ExitStatus status;
  const char* said;
};

class TapLies : public ::testing::TestWithParam<Lie> {};

TEST_P(TapLies, AreRedAndNamed) {
  const Judgement judgement = judge_tap(GetParam().text, GetParam().status).command;

  EXPECT_EQ(judgement.outcome, Outcome::kFailed);
  EXPECT_THAT(judgement.reason, HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    All, TapLies,
    ::testing::Values(
        Lie{"1..2\nok 1\nnot ok 2\n", {}, "exit code 0 and TAP disagree: 1 of its 2 cases failed"},
        Lie{"1..1\nok 1\n", {1, 0}, "exit code 1 and TAP disagree: none of its 1 case failed"},
        Lie{"1..3\nok 1\nok 2\n", {}, "its plan says 3 tests and 2 came"},
        Lie{"1..1\nok 1\nok 2\n", {}, "its plan says 1 tests and 2 came"},
        Lie{"ok 1\nok 2\n", {}, "it has no plan"},
        Lie{"1..2\nok 1\nok 1\n", {}, "its test 1 comes twice"},
        Lie{"1..2\nok 1\nok 3\n", {}, "its test 3 is not in its plan"},
        Lie{"1..1\nok 1\n1..1\n", {}, "two plans"},
        Lie{"1..1\nok 1\nBail out! the sea is dry\n", {}, "it bailed out: the sea is dry"},
        Lie{"1..99999999999\n", {}, "no number of tests"}, Lie{"hello\n", {}, "this is not TAP"},
        Lie{"", {}, "this is not TAP"}, Lie{"1..0\n# nothing", {1, 0}, "disagree"}));

TEST(Tap, OfNothingIsSkippedOnlyWhereItSaysWhy) {
  EXPECT_EQ(judge_tap("1..0 # SKIP no harbour\n").command.outcome, Outcome::kSkipped);
  EXPECT_EQ(judge_tap("1..0 # SKIP no harbour\n").command.reason, "no harbour");
  EXPECT_EQ(judge_tap("1..0\n").command.outcome, Outcome::kFailed);
}

TEST(Tap, KeepsWhatCameBeforeACrash) {
  const CommandJudgement judgement = judge_tap("1..2\nok 1 - sails\n", {0, SIGSEGV});

  EXPECT_EQ(judgement.command.outcome, Outcome::kCrashed);
  EXPECT_THAT(told(judgement), ElementsAre("sails passed"));
}

TEST(Tap, NamesNoTwoCasesAlike) {
  EXPECT_THAT(told(judge_tap("1..3\nok 1 - a\nok 2 - a\nok 3 - command\n")),
              ElementsAre("a passed", "a #2 passed", "command #2 passed"));
}

TEST(JunitOfACommand, IsBelievedWhereTheExitCodeAgrees) {
  const CommandJudgement judgement = judge_junit(
      R"(<testsuites failures="2"><testsuite name="s"><testcase classname="a.B" name="sails" time="0.5"/>
         <testsuite><testcase name="sinks" file="b.js" line="7"><failure message="too deep">all of it</failure></testcase>
         <testcase name="waits"><skipped message="no harbour"/></testcase>
         <testcase name="comes round"><flakyFailure message="fog"/></testcase>
         <testcase name="errs"><error/></testcase></testsuite></testsuite></testsuites>)",
      {1, 0});

  EXPECT_EQ(judgement.command.outcome, Outcome::kPassed) << judgement.command.reason;
  EXPECT_THAT(told(judgement), ElementsAre("a.B.sails passed", "sinks failed", "waits skipped",
                                           "comes round flaky", "errs failed"));
  EXPECT_EQ(judgement.cases[0].duration_ms, 500);
  EXPECT_EQ(judgement.cases[1].judgement.reason, "too deep");
  EXPECT_EQ(judgement.cases[1].judgement.failures[0].text, "all of it");
  EXPECT_EQ(judgement.cases[1].judgement.failures[0].line, 7);
}

class JunitLies : public ::testing::TestWithParam<Lie> {};

TEST_P(JunitLies, AreRedAndNamed) {
  const Judgement judgement = judge_junit(GetParam().text, GetParam().status).command;

  EXPECT_EQ(judgement.outcome, Outcome::kFailed);
  EXPECT_THAT(judgement.reason, HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    All, JunitLies,
    ::testing::Values(
        Lie{R"(<testsuite><testcase name="a"><failure/></testcase></testsuite>)",
            {},
            "exit code 0 and report.xml disagree"},
        Lie{R"(<testsuite><testcase name="a"/></testsuite>)",
            {2, 0},
            "exit code 2 and report.xml disagree"},
        Lie{R"(<testsuite failures="1"><testcase name="a"/></testsuite>)",
            {},
            "it counts 1 failures, and none of its cases has one"},
        Lie{R"(<testsuite><testcase time="0.000"/></testsuite>)", {}, "a case without a name"},
        Lie{R"(<testsuites/>)", {}, "has no case"}, Lie{"", {}, "it is empty"},
        Lie{R"(<testsuite><testcase name="a"/>)", {}, "it is not whole"},
        Lie{R"(<html/>)", {}, "it is not JUnit: its root is <html>"}));

TEST(JunitOfACommand, ThatWasNotWrittenIsRed) {
  EXPECT_THAT(judge_junit(std::nullopt).command.reason,
              HasSubstr("report.xml: it was not written (exit code 0)"));
}

TEST(JunitOfACommand, SaysNothingOfAProcessThatWasKilled) {
  const CommandJudgement judgement =
      judge_junit(R"(<testsuite><testcase name="a"/></testsuite>)", {0, SIGSEGV});

  EXPECT_EQ(judgement.command.outcome, Outcome::kCrashed);
  EXPECT_THAT(judgement.cases, IsEmpty());
}

}  // namespace
}  // namespace harness
