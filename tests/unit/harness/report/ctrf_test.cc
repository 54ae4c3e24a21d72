#include "harness/report/ctrf.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/harness/report/example.h"

namespace harness {
namespace {

using nlohmann::json;

json written(const RunResults& results) {
  return json::parse(ctrf_json(results, decide(results)));
}

TEST(Ctrf, IsAsApproved) {
  const RunResults results = example_run();

  expect_approved("ctrf.json", ctrf_json(results, decide(results)));
}

TEST(Ctrf, CountsWhatItWrites) {
  const json results = written(example_run())["results"];

  const json& summary = results["summary"];
  EXPECT_EQ(summary["tests"], results["tests"].size());
  EXPECT_EQ(summary["passed"], 2);  // one of them flaky
  EXPECT_EQ(summary["flaky"], 1);
  EXPECT_EQ(summary["skipped"], 1);
  EXPECT_EQ(summary["failed"], 5);  // failed, missed, not finished, never run, not listed
  EXPECT_EQ(summary["pending"], 0);
}

// A reader knows five words: every red outcome must be the red one.
TEST(Ctrf, CallsEveryRedOutcomeFailed) {
  for (const Outcome outcome : kOutcomes) {
    RunResults results;
    results.tests.resize(1);
    results.tests[0].test = {"s", "t"};
    results.tests[0].outcome = outcome;

    const json test = written(results)["results"]["tests"][0];

    EXPECT_EQ(test["status"] == "failed", is_red(outcome)) << name_of(outcome);
    EXPECT_EQ(test["rawStatus"], name_of(outcome));
  }
}

TEST(Ctrf, ATestLeftOutByFailFastIsPending) {
  RunResults results;
  results.tests.resize(1);
  results.tests[0].by_fail_fast = true;

  EXPECT_EQ(written(results)["results"]["tests"][0]["status"], "pending");
}

TEST(Ctrf, NamesTheKindOfAnArtifactByTheEndOfItsName) {
  RunResults results;
  results.tests.resize(1);
  AttemptFinished attempt;
  attempt.artifacts = {
      "artifacts/a.1",
      {{"shot.PNG", 1}, {"a.png/note", 1}, {"json", 1}, {"x.tar.gz", 1}, {"a.gcda", 1}},
      {}};
  results.tests[0].attempts = {attempt};
  results.tests[0].times.resize(1);

  const json test = written(results)["results"]["tests"][0];
  std::vector<std::string> types;
  for (const json& attachment : test["attachments"]) {
    types.push_back(attachment["contentType"]);
  }

  EXPECT_EQ(types, (std::vector<std::string>{"image/png", "application/octet-stream",
                                             "application/octet-stream", "application/gzip",
                                             "application/octet-stream"}));
}

TEST(Ctrf, OfARunWithoutATestIsWhole) {
  const json results = written({})["results"];

  EXPECT_TRUE(results["tests"].is_array() && results["tests"].empty());
  EXPECT_EQ(results["summary"]["tests"], 0);
}

TEST(Ctrf, IsTheSameForTheSameJournal) {
  EXPECT_EQ(written(example_run()), written(example_run()));
}

}  // namespace
}  // namespace harness
