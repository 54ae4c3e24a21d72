#include "harness/history/former_run.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>

#include "harness/history/durations.h"
#include "tests/unit/harness/review/runs.h"

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

class FormerRunTest : public ReviewTest {
 protected:
  std::string journal_ = Story()
                             .lists({"a", "b", "c", "d"})
                             .ends("a", Outcome::kPassed)
                             .ends("b", Outcome::kFailed)
                             .ends("c", Outcome::kFailed)
                             .ends("c", Outcome::kPassed, 1, 2)
                             .text();
};

TEST_F(FormerRunTest, TellsWhatWasRedFlakyOrNotRun) {
  const base::Result<std::set<std::string>> red = tests_to_rerun(leave("reports", journal_));

  ASSERT_TRUE(red);
  EXPECT_THAT(*red, ElementsAre("s/b", "s/c", "s/d"));
}

TEST_F(FormerRunTest, IsMissedWhereThereIsNone) {
  const std::string nothing = (folder_.path() / "nothing").string();

  EXPECT_THAT(tests_to_rerun(nothing).error().message, HasSubstr("--rerun-failed: no former run"));
  EXPECT_TRUE(past_tests_of(nothing).empty());
}

// A run that was killed told nothing on; what it found out is in its journal.
TEST_F(FormerRunTest, IsReadFromTheJournalWhereItToldNothingOn) {
  const std::string folder = leave("reports", journal_);
  EXPECT_EQ(past_tests_of(folder).size(), 3U);

  PastTests older;
  older["s/a"] = {std::chrono::hours(1), true};
  older["s/z"] = {std::chrono::hours(1), true};
  const std::filesystem::path told = std::filesystem::path(folder) / kDurationsFile;
  ASSERT_TRUE(base::write_file(told, to_json(older)));
  std::filesystem::last_write_time(
      told, std::filesystem::file_time_type::clock::now() - std::chrono::hours(1));

  PastTests past = past_tests_of(folder);
  EXPECT_EQ(past.size(), 4U);
  EXPECT_FALSE(past["s/a"].red);
  EXPECT_TRUE(past["s/z"].red);
}

}  // namespace
}  // namespace harness
