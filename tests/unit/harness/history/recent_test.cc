#include "harness/history/recent.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <thread>
#include <vector>

#include "tests/unit/harness/history/server.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

class RecentTest : public HistoryServerTest {
 protected:
  base::Result<PastTests> ask(const std::string& branch = "main",
                              const std::string& shards_of = "") {
    return read_recent({url_, "project", branch, shards_of}, server_->clock,
                       server_->clock.mono() + kRecentTimeMax);
  }

  PastTests known(const std::string& branch = "main", const std::string& shards_of = "") {
    base::Result<PastTests> tests = ask(branch, shards_of);
    EXPECT_TRUE(tests) << tests.error().message;
    return tests ? *tests : PastTests();
  }

  // Of the test "a", which each run of these has.
  PastTest a(const std::string& branch = "main", const std::string& shards_of = "") {
    return known(branch, shards_of)["s/a"];
  }
};

TEST_F(RecentTest, KnowsNothingBeforeTheFirstRun) {
  EXPECT_TRUE(known().empty());
  EXPECT_TRUE(known("main", "r1").empty());
  keep(run_with(Outcome::kPassed), 0, "c");
  EXPECT_EQ(known().size(), 1U);
  EXPECT_TRUE(known("main", "r1").empty()) << "which was divided before";
}

TEST_F(RecentTest, TakesTheMedianOfWhatTestsTookAndWhetherTheyAreRedNow) {
  keep(run_with(Outcome::kFailed, 700), 0, "c");
  keep(run_with(Outcome::kPassed, 20), 1, "c");
  keep(run_with(Outcome::kPassed, 30), 2, "c");
  EXPECT_EQ(a().duration, milliseconds(30));
  EXPECT_FALSE(a().red);

  keep(run_with(Outcome::kCrashed, 0.25), 3, "c");
  EXPECT_EQ(a().duration, milliseconds(20));
  EXPECT_TRUE(a().red);

  Story flaky;
  keep(flaky.lists({"a"}).ends("a", Outcome::kFailed, 9).ends("a", Outcome::kPassed, 9, 2), 4, "c");
  EXPECT_TRUE(a().red) << "a flaky one is early too";
}

TEST_F(RecentTest, GoesBackForATestThatTheNewestRunDidNotStart) {
  Story both;
  keep(both.lists({"a", "b"}).ends("a", Outcome::kFailed, 5).ends("b", Outcome::kPassed, 8), 0,
       "c");
  Story other;
  keep(other.lists({"a", "b"}).ends("a", Outcome::kNotRun, 0).ends("b", Outcome::kPassed, 8), 1,
       "c");

  EXPECT_TRUE(a().red);
  EXPECT_EQ(a().duration, milliseconds(5));
  EXPECT_EQ(known().size(), 2U);
}

TEST_F(RecentTest, BelievesItsOwnBranchBeforeOthersAndOnlyItsProject) {
  keep(run_with(Outcome::kFailed), 0, "c", "topic");
  keep(run_with(Outcome::kPassed), 1, "c", "main");

  EXPECT_TRUE(a("topic").red);
  EXPECT_FALSE(a("main").red);
  EXPECT_FALSE(a("new").red) << "nothing of its own: the newest of all";
  sql("UPDATE drydock.runs SET project = 'other'");
  EXPECT_TRUE(known().empty());
}

TEST_F(RecentTest, ReadsNoMoreRunsAndAttemptsThanItMay) {
  keep(run_with(Outcome::kPassed, 10), 0, "c");
  keep(run_with(Outcome::kPassed, 80), 1, "c");
  EXPECT_EQ(a().duration, milliseconds(10)) << "the lower one of two";
  sql("UPDATE drydock.runs SET attempts = " + std::to_string(kRecentAttemptsMax) + " WHERE id = 2");
  EXPECT_EQ(a().duration, milliseconds(80)) << "the newer run has as many as are read";
  sql("UPDATE drydock.runs SET attempts = 1");
  sql("INSERT INTO drydock.runs (run, project, commit, started, duration_ms, verdict, exit_code,"
      " shard_index, shard_count, branch, attempts) SELECT 'r', 'project', 'c', '2026-11-23', 1,"
      " 'passed', 0, 0, 1, 'main', 0 FROM generate_series(1, " +
      std::to_string(kRecentRunsMax - 1) + ")");
  EXPECT_EQ(a().duration, milliseconds(80)) << "the newer run is the last that is read";
}

// A shard that ends is kept, and so are runs of others, while its siblings have yet to begin.
TEST_F(RecentTest, TellsShardsOfOneRunTheSameWheneverTheyAsk) {
  keep(run_with(Outcome::kPassed, 10), 0, "c");
  const PastTests first = known("main", "r1");

  keep(run_with(Outcome::kFailed, 90), 1, "c");
  keep(run_with(Outcome::kFailed, 90), 2, "c");

  EXPECT_EQ(digest_of(known("main", "r1")), digest_of(first));
  EXPECT_FALSE(a("main", "r1").red);
  EXPECT_NE(digest_of(known("main", "r2")), digest_of(first));
  EXPECT_TRUE(a().red) << "who asks for an order sees all";
}

TEST_F(RecentTest, TellsShardsTheSameThatAskAtOnceWhileRunsEnd) {
  keep(run_with(Outcome::kPassed, 10), 0, "c");
  std::vector<std::string> seen(4);
  std::vector<std::thread> shards;
  for (std::size_t i = 0; i < seen.size(); ++i) {
    shards.emplace_back([&, i] {
      seen[i] = digest_of(known("main", "r1"));
      keep(run_with(Outcome::kPassed, 10.0 * static_cast<double>(i + 2)), 1, "c");
    });
  }
  for (std::thread& shard : shards) {
    shard.join();
  }

  EXPECT_THAT(seen, ::testing::Each(seen[0]));
}

TEST_F(RecentTest, SaysWhyItKnowsNothing) {
  const auto away = read_recent({"postgresql://a:b@127.0.0.1:1/x", "p", "", ""}, server_->clock,
                                server_->clock.mono() + kRecentTimeMax);
  ASSERT_FALSE(away);
  EXPECT_EQ(away.error().kind, base::ErrorKind::kUnavailable);

  keep(run_with(Outcome::kPassed), 0, "c");
  pqxx::connection other(url_);
  pqxx::work lock(other);
  lock.exec("LOCK TABLE drydock.runs IN ACCESS EXCLUSIVE MODE");
  const auto stuck = read_recent({url_, "project", "", ""}, server_->clock,
                                 server_->clock.mono() + milliseconds(100));
  ASSERT_FALSE(stuck);
  EXPECT_EQ(stuck.error().kind, base::ErrorKind::kTimedOut);
}

TEST_F(RecentTest, OfAFormerVersionKnowsNothingUntilARunOrAShardTakesItOn) {
  keep(run_with(Outcome::kPassed), 0, "c");
  sql("ALTER TABLE drydock.runs DROP COLUMN branch, DROP COLUMN attempts");
  sql("UPDATE drydock.version SET version = 1");

  EXPECT_TRUE(known().empty());
  EXPECT_EQ(known("", "r1").size(), 1U);
  EXPECT_EQ(known().size(), 1U);

  sql("UPDATE drydock.version SET version = 3");
  const auto later = ask("main", "r1");
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().kind, base::ErrorKind::kInvalidInput);
}

}  // namespace
}  // namespace harness
