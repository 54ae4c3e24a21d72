// Against a real PostgreSQL, one for the whole suite and a database for each test.
#include "harness/history/database.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <thread>

#include <pqxx/pqxx>

#include "harness/service/services.h"
#include "tests/unit/harness/review/runs.h"

namespace harness {
namespace {

using ::testing::StartsWith;

class HistoryTest : public ReviewTest {
 protected:
  // What lives as long as the suite.
  struct Server {
    base::SystemClock clock;
    base::Result<base::TemporaryDirectory> logs = base::TemporaryDirectory::make("history-test-");
    base::Environment environment;
    Config config = *parse_config(
        "h.yaml",
        "drydock: harness/v1\nservices: {db: {kind: postgres, local: {database: postgres}}}\n");
    std::unique_ptr<Services> services;
  };

  static void SetUpTestSuite() {
    server_ = std::make_unique<Server>();
    server_->environment.set("PATH", "/usr/local/bin:/usr/bin:/bin");
    server_->services = std::make_unique<Services>(
        server_->config, server_->environment, server_->clock,
        Services::Options{.log_directory = server_->logs->path().string()});
    const auto failed = server_->services->up({});
    ASSERT_FALSE(failed.has_value()) << failed->reason << failed->log;
  }

  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    const std::string url = server_->services->find("db")->url;
    const std::string name = "test_" + std::to_string(++databases_);
    pqxx::connection connection(url);
    pqxx::nontransaction(connection).exec("CREATE DATABASE " + name);
    url_ = url.substr(0, url.rfind('/') + 1) + name;
  }

  // A run that began `minute` minutes after ten.
  static RunResults run_of(const Story& story, int minute) {
    RunResults results = collect(story.records());
    results.finished = true;
    results.start.name = "project";
    results.started_at = "2026-11-22T10:0" + std::to_string(minute) + ":00.000Z";
    return results;
  }

  std::string keep(const Story& story, int minute, const std::string& commit) {
    return tell_history(url_, run_of(story, minute), commit, server_->clock);
  }

  std::vector<TestHistory> read(const std::string& part = "") {
    const auto tests = read_history(url_, "project", part, server_->clock,
                                    server_->clock.mono() + kHistoryTimeMax);
    EXPECT_TRUE(tests) << tests.error().message;
    return tests ? *tests : std::vector<TestHistory>();
  }

  static inline std::unique_ptr<Server> server_;
  static inline int databases_ = 0;
  std::string url_;
};

Story run_with(Outcome outcome, double duration_ms = 1) {
  Story story;
  return story.lists({"a"}).ends("a", outcome, duration_ms);
}

TEST_F(HistoryTest, NamesTheFirstBadCommitSinceTheLastGoodOne) {
  EXPECT_EQ(keep(run_with(Outcome::kFailed), 0, "c0"), "1 attempts kept");
  EXPECT_EQ(keep(run_with(Outcome::kPassed), 1, "c1"), "1 attempts kept");
  EXPECT_EQ(keep(run_with(Outcome::kCrashed), 3, "c3"), "1 attempts kept");
  EXPECT_EQ(keep(run_with(Outcome::kFailed), 2, "c2"), "1 attempts kept");

  const std::vector<TestHistory> tests = read();

  ASSERT_EQ(tests.size(), 1U);
  EXPECT_EQ(tests[0].test, "s/a");
  EXPECT_EQ(tests[0].runs, 4);
  EXPECT_EQ(tests[0].red, 3);
  EXPECT_EQ(tests[0].first_bad_commit, "c2") << "by time, not by the order of writing";
  EXPECT_EQ(tests[0].first_bad_at, "2026-11-22T10:02:00Z");
  EXPECT_EQ(tests[0].last_good_commit, "c1");

  EXPECT_EQ(keep(run_with(Outcome::kPassed), 4, "c4"), "1 attempts kept");
  EXPECT_EQ(read()[0].first_bad_commit, "");
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

  const std::vector<TestHistory> tests = read();

  ASSERT_EQ(tests.size(), 2U);
  EXPECT_EQ(tests[0].test, "s/a") << "the least reliable first";
  EXPECT_EQ(tests[0].flaky, 1);
  EXPECT_EQ(tests[0].red, 0);
  EXPECT_DOUBLE_EQ(tests[0].p50_ms, 200);
  EXPECT_DOUBLE_EQ(tests[0].p95_ms, 380);
  EXPECT_EQ(read("/b").size(), 1U);
  EXPECT_TRUE(read("nothing").empty());
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
  EXPECT_EQ(read()[0].runs, 4);
}

TEST_F(HistoryTest, LeavesALaterVersionAlone) {
  EXPECT_EQ(keep(run_with(Outcome::kPassed), 0, "c"), "1 attempts kept");
  pqxx::connection connection(url_);
  pqxx::nontransaction(connection).exec("UPDATE drydock.version SET version = 2");

  EXPECT_EQ(keep(run_with(Outcome::kPassed), 1, "c"),
            "not kept: its schema drydock is of version 2, this harness writes 1");
  EXPECT_EQ(read()[0].runs, 1);
}

TEST_F(HistoryTest, IsAllOfARunOrNothing) {
  EXPECT_EQ(keep(run_with(Outcome::kPassed), 0, "c"), "1 attempts kept");
  pqxx::connection connection(url_);
  pqxx::nontransaction(connection)
      .exec("ALTER TABLE drydock.attempts ADD CHECK (duration_ms < 100)");

  EXPECT_THAT(keep(run_with(Outcome::kPassed, 200), 1, "c"), StartsWith("not kept: cannot INSERT"));

  EXPECT_EQ(pqxx::nontransaction(connection).exec("SELECT FROM drydock.runs").size(), 1);
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
      write_history("postgresql:///x?host=" + folder, RunResults(), Verdict(), "", server_->clock,
                    server_->clock.mono() + std::chrono::milliseconds(50));

  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().kind, base::ErrorKind::kTimedOut);
  ::close(silent);
  EXPECT_THAT(tell_history("postgresql://a:b@127.0.0.1:1/x", RunResults(), "", server_->clock),
              StartsWith("not kept: cannot connect"));
}

TEST_F(HistoryTest, KnowsTheCommit) {
  const std::string place = folder_.path().string();
  base::Environment environment;
  ASSERT_TRUE(base::write_file(place + "/.git/HEAD", "ref: refs/heads/main\n"));
  EXPECT_EQ(commit_of(environment, place), "");
  ASSERT_TRUE(base::write_file(place + "/.git/packed-refs", "# x\naaaa refs/heads/main\n"));
  EXPECT_EQ(commit_of(environment, place + "/deeper/still"), "aaaa");
  ASSERT_TRUE(base::write_file(place + "/.git/refs/heads/main", "bbbb\n"));
  EXPECT_EQ(commit_of(environment, place), "bbbb");
  ASSERT_TRUE(base::write_file(place + "/tree/.git", "gitdir: ../.git/worktrees/tree\n"));
  ASSERT_TRUE(base::write_file(place + "/.git/worktrees/tree/HEAD", "ref: refs/heads/main\n"));
  ASSERT_TRUE(base::write_file(place + "/.git/worktrees/tree/commondir", "../..\n"));
  EXPECT_EQ(commit_of(environment, place + "/tree"), "bbbb");
  environment.set("GITHUB_SHA", "cccc");
  EXPECT_EQ(commit_of(environment, place), "cccc");
}

}  // namespace
}  // namespace harness
