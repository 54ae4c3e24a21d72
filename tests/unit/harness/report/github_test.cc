#include "harness/report/github.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/file.h"
#include "common/base/text.h"
#include "tests/unit/harness/report/example.h"

namespace harness {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

RunResults many_failures(std::size_t count, const std::string& text) {
  RunResults results;
  results.finished = true;
  for (std::size_t i = 0; i < count; ++i) {
    TestResult result;
    result.test = {"s", "test" + std::to_string(i)};
    result.outcome = Outcome::kFailed;
    result.reason = text;
    AttemptFinished attempt;
    attempt.outcome = Outcome::kFailed;
    attempt.failures = {{text, text, "a.cc", 3}};
    attempt.output_tail = text;
    result.attempts = {attempt};
    result.times = {{0, 1}};
    results.tests.push_back(result);
  }
  return results;
}

std::string summary(const RunResults& results) {
  return summary_markdown(results, decide(results));
}

std::string annotated(const RunResults& results, std::string_view workspace = "") {
  return annotations(results, decide(results), workspace);
}

std::size_t lines_with(const std::string& text, std::string_view start) {
  std::size_t count = 0;
  for (const std::string_view line : base::split(text, '\n')) {
    count += line.starts_with(start) ? 1 : 0;
  }
  return count;
}

TEST(Summary, IsAsApproved) {
  expect_approved("summary.md", summary(example_run()));
}

TEST(SummaryMarkdown, StaysBelowTheLimitAndSaysWhatItLeavesOut) {
  const std::string text = summary(many_failures(5'000, std::string(2'000, '<')));

  EXPECT_LE(text.size(), kSummaryBytesMax);
  EXPECT_GT(text.size(), kSummaryBytesMax / 2);
  EXPECT_THAT(text, HasSubstr("more parts have no room here"));
}

// What a test prints must not become markup, a link, a mention or another row.
TEST(SummaryMarkdown, ShowsWhatATestSaysAsText) {
  const std::string nasty =
      "| x |\n</pre></details><script>alert(1)</script>[a](http://b) @all #1 **b** `c` ![i](j)";
  RunResults results = many_failures(1, nasty);
  results.tests[0].test.name = nasty;
  results.start.name = nasty;

  const std::string text = summary(results);

  EXPECT_THAT(text, Not(HasSubstr("<script")));
  EXPECT_EQ(lines_with(text, "| failed |"), 2U);  // the count, and the test
  const std::string table = text.substr(0, text.find("<pre>"));
  EXPECT_THAT(table, Not(HasSubstr("](")));
  EXPECT_THAT(table, Not(HasSubstr("@")));
  EXPECT_THAT(table, Not(HasSubstr("*")));
  EXPECT_THAT(table, Not(HasSubstr("`")));
  const std::size_t block = text.find("<pre>");
  EXPECT_EQ(text.find("</pre>", block), text.rfind("</pre>"));
}

TEST(Annotations, AreAsApproved) {
  expect_approved("annotations.txt", annotated(example_run()));
}

TEST(Annotations, AreAtMostTenOfAKind) {
  const std::string text = annotated(many_failures(25, "x"));

  EXPECT_EQ(lines_with(text, "::error "), 10U);
  EXPECT_THAT(text, HasSubstr("::error title=16 more::16 more"));
}

TEST(Annotations, AreOneLineEachWhateverTheTestSays) {
  RunResults results =
      many_failures(1, "100% of\r\n::set-env name=A::b\n\x1b[31mred," + std::string(9'000, 'x'));
  results.tests[0].test.name = "a,b:c%d\n::error::e";

  const std::string text = annotated(results);

  EXPECT_EQ(base::split(text, '\n').size(), 2U);  // the line and its end
  EXPECT_THAT(text, StartsWith("::error file=a.cc,line=3,title=failed s/a%2Cb%3Ac%25d%0A"));
  EXPECT_THAT(text, HasSubstr("::100%25 of%0A::set-env"));
  EXPECT_LE(text.size(), 4'096U);
}

TEST(Annotations, TellPlacesBelowTheWorkspace) {
  RunResults results = many_failures(1, "x");
  results.tests[0].attempts[0].failures[0].file = "/checkout/src/a.cc";

  EXPECT_THAT(annotated(results, "/checkout"), StartsWith("::error file=src/a.cc,line=3,"));
}

TEST(Annotations, SayWhyARunWithoutARedTestIsRed) {
  RunResults results;
  results.failures = {{12, "0003.sql:4: syntax error"}};

  EXPECT_THAT(annotated(results), StartsWith("::error title=migration_failed::0003.sql"));
}

class TellGithub : public ::testing::Test {
 protected:
  base::Result<void> tell() {
    const base::UniqueFd fd(::open(out_.c_str(), O_CREAT | O_TRUNC | O_WRONLY, 0600));
    const RunResults results = many_failures(1, "x");
    return tell_github(results, decide(results), environment_, fd.get());
  }

  [[nodiscard]] static std::string read(const std::string& path) {
    return *base::read_file(path, 10'000'000);
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("github-test-");
  std::string out_ = (folder_.path() / "out").string();
  std::string step_ = (folder_.path() / "step.md").string();
  base::Environment environment_;
};

TEST_F(TellGithub, SaysNothingElsewhere) {
  EXPECT_TRUE(tell());
  EXPECT_EQ(read(out_), "");
}

TEST_F(TellGithub, AddsToTheSummaryOfTheStep) {
  environment_.set("GITHUB_ACTIONS", "true");
  environment_.set("GITHUB_STEP_SUMMARY", step_);
  ASSERT_TRUE(base::write_file(step_, "before\n"));

  EXPECT_TRUE(tell());

  EXPECT_THAT(read(out_), StartsWith("::error "));
  EXPECT_THAT(read(step_), StartsWith("before\n## "));
}

TEST_F(TellGithub, LeavesASummaryAloneThatHasNoRoom) {
  environment_.set("GITHUB_ACTIONS", "true");
  environment_.set("GITHUB_STEP_SUMMARY", step_);
  const std::string full(1024 * 1024 - 10, 'x');
  ASSERT_TRUE(base::write_file(step_, full));

  const base::Result<void> told = tell();

  ASSERT_FALSE(told);
  EXPECT_THAT(told.error().message, EndsWith("GitHub takes 1 MiB of a step"));
  EXPECT_EQ(read(step_), full);
}

}  // namespace
}  // namespace harness
