#include "harness/history/durations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/unit/harness/review/runs.h"

namespace harness {
namespace {

using std::chrono::microseconds;
using ::testing::HasSubstr;

class DurationsTest : public ReviewTest {
 protected:
  [[nodiscard]] static RunResults results_of(const Story& story) {
    return collect(story.records());
  }
};

TEST_F(DurationsTest, AreOfTheLastAttemptAndKnowWhatWasRed) {
  Story story;
  story.lists({"a", "b", "c", "d"})
      .ends("a", Outcome::kPassed, 1.5)
      .ends("b", Outcome::kFailed, 2)
      .ends("c", Outcome::kFailed, 3)
      .ends("c", Outcome::kPassed, 4, 2);
  PastTests past;

  learn(results_of(story), past);

  EXPECT_EQ(past.size(), 3U) << "d did not run";
  EXPECT_EQ(past["s/a"].duration, microseconds(1'500));
  EXPECT_FALSE(past["s/a"].red);
  EXPECT_TRUE(past["s/b"].red);
  EXPECT_TRUE(past["s/c"].red) << "flaky";
  EXPECT_EQ(past["s/c"].duration, microseconds(4'000));
}

TEST_F(DurationsTest, AreHandedOnFromRunToRun) {
  const std::string folder = leave("reports", "");
  Story first;
  first.lists({"a", "b"}).ends("a", Outcome::kFailed, 1).ends("b", Outcome::kFailed, 2);
  Story second;
  second.lists({"a", "b"}).ends("a", Outcome::kPassed, 7).ends("b", Outcome::kNotRun, 0);
  ASSERT_TRUE(update_durations(folder, results_of(first)));
  ASSERT_TRUE(update_durations(folder, results_of(second)));

  const base::Result<PastTests> past = read_durations(folder);

  ASSERT_TRUE(past);
  EXPECT_EQ(past->at("s/a").duration, microseconds(7'000));
  EXPECT_FALSE(past->at("s/a").red);
  EXPECT_EQ(past->at("s/b").duration, microseconds(2'000)) << "it was not run again";
  EXPECT_TRUE(past->at("s/b").red);
}

TEST_F(DurationsTest, AreWrittenAsTheyAreRead) {
  PastTests past;
  past["s/Each/Nothing.IsTested/\"0\""] = {microseconds(12), true};
  past["s/b"] = {microseconds(3), false};
  const std::string path = (folder_.path() / "durations.json").string();
  ASSERT_TRUE(base::write_file(path, to_json(past)));

  const base::Result<PastTests> read = read_durations(path);

  ASSERT_TRUE(read);
  EXPECT_EQ(to_json(*read), to_json(past));
  EXPECT_EQ(digest_of(*read), digest_of(past));
}

TEST_F(DurationsTest, ComeFromAJournalToo) {
  const std::string folder =
      leave("reports", Story().lists({"a"}).ends("a", Outcome::kPassed, 1).text());

  EXPECT_EQ(read_durations(folder)->size(), 1U);
  EXPECT_EQ(read_durations(folder + "/journal.jsonl")->size(), 1U);
}

TEST_F(DurationsTest, AreNotTakenFromAnythingElse) {
  const auto error_of = [&](const std::string& text) {
    const std::string path = (folder_.path() / "x.json").string();
    EXPECT_TRUE(base::write_file(path, text));
    const base::Result<PastTests> read = read_durations(path);
    return read ? std::string("read") : read.error().message;
  };

  EXPECT_THAT(error_of(""), HasSubstr("x.json holds no durations: it is not durations/v1"));
  EXPECT_THAT(error_of("[1]"), HasSubstr("not durations/v1"));
  EXPECT_THAT(error_of(R"({"drydock": "durations/v2", "tests": {}})"),
              HasSubstr("not durations/v1"));
  EXPECT_THAT(error_of(R"({"drydock": "durations/v1", "tests": {"a": {"us": -1}}})"),
              HasSubstr("not written as durations/v1"));
  EXPECT_THAT(error_of(R"({"drydock": "durations/v1", "tests": {"a": 7}})"),
              HasSubstr("not written as"));
  EXPECT_FALSE(read_durations((folder_.path() / "nothing").string()));
}

}  // namespace
}  // namespace harness
