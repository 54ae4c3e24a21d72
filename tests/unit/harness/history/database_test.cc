#include "harness/history/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/unit/harness/history/server.h"

namespace harness {
namespace {

using ::testing::StartsWith;

class HistoryTest : public HistoryServerTest {
 protected:
  std::vector<TestHistory> history(const std::string& part = "") {
    const auto tests = read_history(url_, "project", part, server_->clock,
                                    server_->clock.mono() + kHistoryTimeMax);
    EXPECT_TRUE(tests) << tests.error().message;
    return tests ? *tests : std::vector<TestHistory>();
  }
};

TEST_F(HistoryTest, NamesTheFirstBadCommitSinceTheLastGoodOne) {
  EXPECT_EQ(keep(run_with(Outcome::kFailed), 0, "c0"), "1 attempts kept");
  EXPECT_EQ(keep(run_with(Outcome::kPassed), 1, "c1"), "1 attempts kept");
  EXPECT_EQ(keep(run_with(Outcome::kCrashed), 3, "c3"), "1 attempts kept");
  EXPECT_EQ(keep(run_with(Outcome::kFailed), 2, "c2"), "1 attempts kept");

  const std::vector<TestHistory> tests = history();

  ASSERT_EQ(tests.size(), 1U);
  EXPECT_EQ(tests[0].test, "s/a");
  EXPECT_EQ(tests[0].runs, 4);
  EXPECT_EQ(tests[0].red, 3);
  EXPECT_EQ(tests[0].first_bad_commit, "c2") << "by time, not by the order of writing";
  EXPECT_EQ(tests[0].first_bad_at, "2026-11-22T10:02:00Z");
  EXPECT_EQ(tests[0].last_good_commit, "c1");

  EXPECT_EQ(keep(run_with(Outcome::kPassed), 4, "c4"), "1 attempts kept");
  EXPECT_EQ(history()[0].first_bad_commit, "");
}

TEST_F(HistoryTest, TellsFlakyTestsAndHowLongTheyTake) {
  for (int minute = 0; minute < 5; ++minute) {
    Story story;
    story.lists({"a", "b", "not"})
        .ends("a", minute == 0 ? Outcome::kFailed : Outcome::kPassed, 900)
        .ends("a", Outcome::kPassed, minute * 100, 2)
        .ends("b", Outcome::kPassed, 7)
        .ends("not", Outcome::kNotRun, 0);
    EXPECT_EQ(keep(story, minute, "c"), "4 attempts kept");
  }

  const std::vector<TestHistory> tests = history();

  ASSERT_EQ(tests.size(), 2U);
  EXPECT_EQ(tests[0].test, "s/a") << "the least reliable first";
  EXPECT_EQ(tests[0].flaky, 1);
  EXPECT_EQ(tests[0].red, 0);
  EXPECT_DOUBLE_EQ(tests[0].p50_ms, 200);
  EXPECT_DOUBLE_EQ(tests[0].p95_ms, 380);
  EXPECT_EQ(history("/b").size(), 1U);
  EXPECT_TRUE(history("nothing").empty());
}

// The schema is made by whoever comes first, and they come at the same time.
TEST_F(HistoryTest, TakesTwoRunsAtOnce) {
  std::vector<std::string> said(4);
  std::vector<std::thread> runs;
  for (std::size_t i = 0; i < said.size(); ++i) {
    runs.emplace_back(
        [&, i] { said[i] = keep(run_with(Outcome::kPassed), static_cast<int>(i), "c"); });
  }
  for (std::thread& run : runs) {
    run.join();
  }

  EXPECT_THAT(said, ::testing::Each("1 attempts kept"));
  EXPECT_EQ(history()[0].runs, 4);
}

TEST_F(HistoryTest, LeavesALaterVersionAlone) {
  EXPECT_EQ(keep(run_with(Outcome::kPassed), 0, "c"), "1 attempts kept");
  sql("UPDATE drydock.version SET version = 3");

  EXPECT_EQ(keep(run_with(Outcome::kPassed), 1, "c"),
            "not kept: its schema drydock is of version 3, this harness writes 2");
  EXPECT_EQ(history()[0].runs, 1);
}

// As the first version made it: runs without a branch, and without the number of their attempts.
TEST_F(HistoryTest, TakesAFormerVersionOn) {
  EXPECT_EQ(keep(run_with(Outcome::kPassed), 0, "c"), "1 attempts kept");
  sql("ALTER TABLE drydock.runs DROP COLUMN branch, DROP COLUMN attempts");
  sql("DROP TABLE drydock.divisions");
  sql("UPDATE drydock.version SET version = 1");

  EXPECT_EQ(keep(run_with(Outcome::kPassed), 1, "c", "topic"), "1 attempts kept");

  EXPECT_EQ(sql("SELECT branch || attempts FROM drydock.runs ORDER BY id"), "1\ntopic1");
  EXPECT_EQ(sql("SELECT version FROM drydock.version"), "2");
  EXPECT_EQ(history()[0].runs, 2);
}

TEST_F(HistoryTest, IsAllOfARunOrNothing) {
  EXPECT_EQ(keep(run_with(Outcome::kPassed), 0, "c"), "1 attempts kept");
  sql("ALTER TABLE drydock.attempts ADD CHECK (duration_ms < 100)");

  EXPECT_THAT(keep(run_with(Outcome::kPassed, 200), 1, "c"), StartsWith("not kept: cannot INSERT"));

  EXPECT_EQ(sql("SELECT count(*) FROM drydock.runs"), "1");
}

// Nobody answers: it is asked no longer than it may take.
TEST_F(HistoryTest, IsGivenLittleTime) {
  const int silent = ::socket(AF_UNIX, SOCK_STREAM, 0);
  ASSERT_GE(silent, 0);
  const std::string folder = folder_.path().string();
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  (folder + "/.s.PGSQL.5432").copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(::bind(silent, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(::listen(silent, 1), 0);

  const auto written =
      write_history("postgresql:///x?host=" + folder, RunResults(), Verdict(), Revision(),
                    server_->clock, server_->clock.mono() + std::chrono::milliseconds(50));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, base::ErrorKind::kTimedOut);
  ::close(silent);
  EXPECT_THAT(
      tell_history("postgresql://a:b@127.0.0.1:1/x", RunResults(), Revision(), server_->clock),
      StartsWith("not kept: cannot connect"));
}

}  // namespace
}  // namespace harness
