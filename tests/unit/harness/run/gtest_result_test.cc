#include "harness/run/gtest_result.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>

namespace harness {
namespace {

using ::testing::HasSubstr;

std::string report(const std::string& cases) {
  return R"(<?xml version="1.0"?><testsuites name="AllTests" failures="0"><testsuite name="S">)" +
         cases + "</testsuite></testsuites>";
}

std::string one_case(const std::string& content) {
  return R"(<testcase name="T" status="run" result="completed" classname="S">)" + content +
         "</testcase>";
}

GtestRun run_of(std::optional<std::string> xml, ExitStatus status = {}) {
  GtestRun run;
  run.test = "S.T";
  run.report = std::move(xml);
  run.status = status;
  return run;
}

TEST(GtestJudgement, PassesWhereReportAndExitCodeAgree) {
  EXPECT_EQ(judge_gtest(run_of(report(one_case("")))).outcome, Outcome::kPassed);
}

TEST(GtestJudgement, ReadsEachFailureWithItsPlace) {
  const Judgement judgement = judge_gtest(
      run_of(report(one_case("<failure message=\"m\" type=\"\"><![CDATA[/src/a.cc:12\nExpected: "
                             "x\n  got: y]]></failure>"
                             "<failure message=\"unknown file&#x0A;C++ exception\" type=\"\"/>")),
             {1, 0}));

  EXPECT_EQ(judgement.outcome, Outcome::kFailed);
  ASSERT_EQ(judgement.failures.size(), 2U);
  EXPECT_EQ(judgement.failures[0].file, "/src/a.cc");
  EXPECT_EQ(judgement.failures[0].line, 12);
  EXPECT_EQ(judgement.failures[0].message, "Expected: x   got: y");
  EXPECT_EQ(judgement.failures[1].message, "C++ exception");
}

TEST(GtestJudgement, AFailureInTheReportBeatsACleanExit) {
  EXPECT_EQ(judge_gtest(run_of(report(one_case("<failure message=\"m\"/>")))).outcome,
            Outcome::kFailed);
}

TEST(GtestJudgement, NamesTheLimitOfMemoryOnlyOfAKill) {
  GtestRun run = run_of(std::nullopt, {0, SIGKILL});
  EXPECT_EQ(judge_gtest(run).reason, "signal 9 (Killed), which the harness did not send");

  run.out_of_memory = "its control group is over its memory limit of 64 MiB";
  EXPECT_EQ(judge_gtest(run).outcome, Outcome::kCrashed);
  EXPECT_EQ(judge_gtest(run).reason, "killed: " + run.out_of_memory);

  run.status = {0, SIGSEGV};
  EXPECT_EQ(judge_gtest(run).reason, "signal 11 (Segmentation fault)");
}

TEST(GtestJudgement, AFailureWhoseReportWasLostIsNoCrash) {
  GtestRun run = run_of("<testsuites", {1, 0});
  run.output = "[ RUN      ] S.T\na.cc:3: Failure\nwhy\n\n[  FAILED  ] S.T (0 ms)\n";
  EXPECT_EQ(judge_gtest(run).outcome, Outcome::kFailed);
  EXPECT_EQ(judge_gtest(run).failures.front().line, 3);

  run.output = "[ RUN      ] S.T\n";
  EXPECT_EQ(judge_gtest(run).outcome, Outcome::kCrashed);
}

// A test that writes its own report and ends its process leaves its transcript open.
TEST(GtestJudgement, AReportOfATestThatTheOutputNeverEndsIsRed) {
  GtestRun run = run_of(report(one_case("")));
  run.output = "[ RUN      ] S.T\nhalf a line";
  EXPECT_EQ(judge_gtest(run).outcome, Outcome::kFailed);

  run.output += "[       OK ] S.T (0 ms)\n";
  EXPECT_EQ(judge_gtest(run).outcome, Outcome::kPassed);
}

// GoogleTest 1.12 has no place in its report for what failed in SetUpTestSuite.
TEST(GtestJudgement, ASuiteThatTheOutputCallsFailedIsRed) {
  GtestRun run = run_of(report(one_case("<skipped message=\"\"/>")));
  run.output = "[ RUN      ] S.T\n[  SKIPPED ] S.T (0 ms)\n";
  EXPECT_EQ(judge_gtest(run).outcome, Outcome::kSkipped);

  run.output += "[  FAILED  ] S: SetUpTestSuite or TearDownTestSuite\n";
  EXPECT_EQ(judge_gtest(run).outcome, Outcome::kFailed);
}

TEST(GtestJudgement, ANonZeroExitBeatsACleanReport) {
  GtestRun run = run_of(report(one_case("")), {1, 0});
  run.output = "/src/suite.cc:9: Failure\nFailed\nthe suite cannot be set up\n\n[ RUN      ] S.T\n";

  const Judgement judgement = judge_gtest(run);

  EXPECT_EQ(judgement.outcome, Outcome::kFailed);
  ASSERT_EQ(judgement.failures.size(), 1U);
  EXPECT_EQ(judgement.failures[0].file, "/src/suite.cc");
  EXPECT_EQ(judgement.failures[0].line, 9);
  EXPECT_THAT(judgement.failures[0].message, HasSubstr("the suite cannot be set up"));
}

TEST(GtestJudgement, AFailureWithoutANameCounts) {
  const std::string nameless =
      R"(<testcase name="" classname=""><failure message="set-up"/></testcase>)";

  EXPECT_EQ(
      judge_gtest(run_of(report(one_case("<skipped message=\"\"/>") + nameless), {1, 0})).outcome,
      Outcome::kFailed);
}

TEST(GtestJudgement, WithoutAReportTheExitTellsWhich) {
  EXPECT_EQ(judge_gtest(run_of(std::nullopt)).outcome, Outcome::kVanished);
  EXPECT_EQ(judge_gtest(run_of(std::nullopt, {3, 0})).outcome, Outcome::kCrashed);
  EXPECT_EQ(judge_gtest(run_of(std::nullopt, {0, SIGSEGV})).outcome, Outcome::kCrashed);
  EXPECT_EQ(judge_gtest(run_of("<testsuites><broken")).outcome, Outcome::kVanished);
}

TEST(GtestJudgement, AReportOfAProcessThatLeftEarlyIsNotBelieved) {
  GtestRun run = run_of(report(one_case("")));
  run.premature_exit = true;

  EXPECT_EQ(judge_gtest(run).outcome, Outcome::kVanished);
}

TEST(GtestJudgement, ASignalBeatsAReport) {
  EXPECT_EQ(judge_gtest(run_of(report(one_case("")), {0, SIGABRT})).outcome, Outcome::kCrashed);
}

TEST(GtestJudgement, AnotherTestIsNotTheTest) {
  const std::string other = R"(<testcase name="Other" status="run" classname="S"/>)";
  const std::string not_run = R"(<testcase name="T" status="notrun" classname="S"/>)";

  EXPECT_EQ(judge_gtest(run_of(report(other))).outcome, Outcome::kVanished);
  EXPECT_EQ(judge_gtest(run_of(report(not_run))).outcome, Outcome::kVanished);
  EXPECT_EQ(judge_gtest(run_of(report(one_case("") + other))).outcome, Outcome::kFailed);
}

TEST(GtestJudgement, ASkipKeepsItsReason) {
  const Judgement judgement =
      judge_gtest(run_of(report(one_case("<skipped message=\"/a.cc:3&#x0A;no ship\"/>"))));

  EXPECT_EQ(judgement.outcome, Outcome::kSkipped);
  EXPECT_EQ(judgement.reason, "no ship");
}

TEST(GtestJudgement, ATranscriptThatSaysFailedIsHeard) {
  GtestRun run = run_of(report(one_case("")));
  run.output = "\n[       OK ] S.T (0 ms)\n[  FAILED  ] S.T (0 ms)\n";
  EXPECT_EQ(judge_gtest(run).outcome, Outcome::kFailed);

  run.output = "\n[  FAILED  ] S.Two (0 ms)\n[  FAILED  ] S.T (0 ms)\n[       OK ] S.T (0 ms)\n";
  EXPECT_EQ(judge_gtest(run).outcome, Outcome::kPassed);
}

TEST(GtestJudgement, HearsThatMissesAreExpected) {
  EXPECT_TRUE(
      judge_gtest(run_of(report(one_case(
                      R"(<properties><property name="expects_misses" value="1"/></properties>)"))))
          .expects_misses);
}

TEST(GtestFilter, HasNoCharacterThatMeansSomething) {
  EXPECT_EQ(gtest_filter_for("Some/S.T/0"), "Some/S.T/0");
  EXPECT_EQ(gtest_filter_for("S.a-b:c*"), "S.a?b?c?");
}

}  // namespace
}  // namespace harness
