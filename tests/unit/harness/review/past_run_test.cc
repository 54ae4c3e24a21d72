#include "harness/review/past_run.h"

#include <gmock/gmock.h>

#include "tests/unit/harness/review/runs.h"

namespace harness {
namespace {

using ::testing::HasSubstr;

using PastRunTest = ReviewTest;

TEST_F(PastRunTest, IsReadFromItsFolderOrItsJournal) {
  const std::string folder = leave("a", Story().lists({"x"}).text());

  for (const std::string& path : {folder, folder + "/journal.jsonl"}) {
    const base::Result<PastRun> run = read_past_run(path);
    ASSERT_TRUE(run) << path;
    EXPECT_EQ(run->directory, folder);
    EXPECT_EQ(run->records.size(), 2U);
    EXPECT_EQ(run->results.tests.size(), 1U);
    EXPECT_EQ(run->note, "");
    EXPECT_EQ(run->journal_sha256.size(), 64U);
  }
}

TEST_F(PastRunTest, SaysWhatOfTheFileIsNoRecord) {
  const std::string folder = leave("a", Story().lists({"x"}).text() + R"({"seq":3,"at":"2026)");

  const base::Result<PastRun> run = read_past_run(folder);

  ASSERT_TRUE(run);
  EXPECT_THAT(run->note, HasSubstr("after record 2 come 19 bytes that are no record"));
}

TEST_F(PastRunTest, IsNoneWhereTheFileHoldsNoRecord) {
  for (const char* text : {"", "\n", "hello\n", "{}\n"}) {
    const base::Result<PastRun> run = read_past_run(leave("a", text));
    ASSERT_FALSE(run) << text;
    EXPECT_THAT(run.error().message, HasSubstr("no record of a run"));
  }
  EXPECT_FALSE(read_past_run(folder_.path() / "nowhere"));
}

}  // namespace
}  // namespace harness
