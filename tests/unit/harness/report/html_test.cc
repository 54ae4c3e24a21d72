#include "harness/report/html.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

#include "tests/unit/harness/report/example.h"

namespace harness {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view kDataBegin = R"(<script type="application/json" id="data">)";

std::string written(const RunResults& results, std::size_t bytes_max = kHtmlDetailBytesMax) {
  return html_page(results, decide(results), bytes_max);
}

// What a browser takes for the data: up to the first end of a script element.
json data_of(const std::string& page) {
  const std::size_t begin = page.find(kDataBegin) + kDataBegin.size();
  return json::parse(page.substr(begin, page.find("</script", begin) - begin), nullptr, false);
}

TEST(Html, HoldsTheWholeRun) {
  const json data = data_of(written(example_run()));

  ASSERT_TRUE(data.is_object());
  EXPECT_EQ(data["verdict"], "interrupted");
  EXPECT_EQ(data["tests"].size(), 8U);  // with what could not be listed
  EXPECT_EQ(data["tests"][1]["attempts"].size(), 2U);
  EXPECT_EQ(data["tests"][3]["attempts"][0]["calls"][1]["nearest"].size(), 1U);
  EXPECT_EQ(data["trouble"].size(), 1U);
}

TEST(Html, LeadsToTheArtifactsOfAnAttempt) {
  const json data = data_of(written(example_run()));

  const json artifacts = data["tests"][2]["attempts"][0]["artifacts"];
  EXPECT_EQ(artifacts["folder"], "artifacts/sum.1");
  EXPECT_EQ(artifacts["files"][1], json({{"name", "screen <1>.PNG"}, {"bytes", 5'242'880}}));
  EXPECT_EQ(artifacts["left_out"], "4 over the limit of 200 files, 1 larger than 16 MiB");
  EXPECT_FALSE(data["tests"][0]["attempts"][0].contains("artifacts"));
}

TEST(Html, IsOneFileThatAsksForNoOther) {
  const std::string page = written(example_run());

  for (const char* reference : {"src=", "<link", "@import", "url(", "fetch(", "import(", "//cdn"}) {
    EXPECT_THAT(page, Not(HasSubstr(reference)));
  }
  EXPECT_THAT(page, HasSubstr("default-src 'none'; script-src 'sha256-"));
  EXPECT_THAT(page, Not(HasSubstr("%S")));  // a place that was not filled
}

TEST(Html, LetsNoTextOutOfItsData) {
  RunResults results = example_run();
  const std::string nasty = "</script><script>alert(1)</script><!--<script> & %STYLE% \xff\x1b[1m";
  results.tests[2].test.name = nasty;
  results.tests[2].reason = nasty;
  results.tests[2].attempts[0].output_tail = nasty;
  results.start.name = nasty;

  const std::string page = written(results);

  EXPECT_THAT(page, Not(HasSubstr("alert(1)</script>")));
  const json data = data_of(page);
  ASSERT_TRUE(data.is_object());
  EXPECT_THAT(data["tests"][2]["id"].get<std::string>(), HasSubstr("</script><script>alert(1)"));
  EXPECT_THAT(data["tests"][2]["attempts"][0]["output"].get<std::string>(), HasSubstr("%STYLE%"));
}

// Thousands of tests that all have much to say: the page stays small, and the red ones keep theirs.
TEST(Html, LeavesOutDetailsOfWhatPassedFirst) {
  RunResults results = example_run();
  const TestResult red = results.tests[2];
  results.tests.clear();
  for (int i = 0; i < 100; ++i) {
    TestResult test = red;
    test.test.name = std::to_string(i);
    test.outcome = i == 99 ? Outcome::kFailed : Outcome::kPassed;
    test.attempts[0].output_tail = std::string(10'000, 'x');
    results.tests.push_back(test);
  }

  const std::string page = written(results, 100'000);

  EXPECT_LT(page.size(), 250'000U);
  const json data = data_of(page);
  EXPECT_EQ(data["tests"][99]["attempts"][0]["cut"], false);
  EXPECT_EQ(data["tests"][98]["attempts"][0]["cut"], true);
  EXPECT_EQ(data["tests"][98]["attempts"][0]["output"], "");
  EXPECT_FALSE(data["tests"][98]["attempts"][0].contains("artifacts"));
}

TEST(Html, MarksATestLeftOutByFailFastAsNotRed) {
  RunResults results;
  results.tests.resize(1);
  results.tests[0].by_fail_fast = true;

  EXPECT_EQ(data_of(written(results))["tests"][0]["red"], false);
}

}  // namespace
}  // namespace harness
