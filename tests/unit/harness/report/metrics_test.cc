#include "harness/report/metrics.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/harness/report/example.h"

namespace harness {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

std::string written(const RunResults& results) {
  return metrics_text(results, decide(results));
}

RunResults passed_run() {
  RunResults results;
  results.finished = true;
  results.started_at = "2026-11-22T10:00:00.000Z";
  results.duration_ms = 2'500;
  results.tests.resize(1);
  results.tests[0].test = {"a\"b\\c\nd", "t"};
  results.tests[0].outcome = Outcome::kPassed;
  results.tests[0].attempts.resize(1);
  results.tests[0].attempts[0].duration_ms = 60;
  results.tests[0].times = {{0, 60}};
  return results;
}

TEST(Metrics, AreAsApproved) {
  expect_approved("metrics.prom", written(example_run()));
}

TEST(Metrics, TellWhenARunSucceededOnlyWhereItDid) {
  const std::string name = "drydock_run_last_success_timestamp_seconds";
  RunResults red = passed_run();
  red.tests[0].outcome = Outcome::kFailed;

  EXPECT_THAT(written(passed_run()), HasSubstr(name + " 1795341602.5"));
  EXPECT_THAT(written(red), Not(HasSubstr(name)));
}

TEST(Metrics, PutADurationIntoEachBucketAboveIt) {
  const std::string text = written(passed_run());

  EXPECT_THAT(text, HasSubstr(R"(le="0.05"} 0)"));
  EXPECT_THAT(text, HasSubstr(R"(le="0.1"} 1)"));
  EXPECT_THAT(text, HasSubstr(R"(le="+Inf"} 1)"));
}

TEST(Metrics, EscapeWhatASuiteIsCalled) {
  EXPECT_THAT(written(passed_run()), HasSubstr(R"(suite="a\"b\\c\nd")"));
}

}  // namespace
}  // namespace harness
