// Against a real PostgreSQL, one for the whole suite and a database for each test.
#include "harness/migrate/migrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <memory>
#include <string>
#include <thread>

#include <pqxx/pqxx>

#include "common/base/digest.h"
#include "common/base/file.h"
#include "harness/config/url.h"
#include "harness/service/services.h"

namespace harness {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::StartsWith;

class Migrating : public ::testing::Test {
 protected:
  // What lives as long as the suite.
  struct Server {
    base::SystemClock clock;
    base::Result<base::TemporaryDirectory> logs = base::TemporaryDirectory::make("migrate-test-");
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

  static Migration migration(long version, std::string sql) {
    const std::string file = std::to_string(version) + "_x.up.sql";
    return {file, "m/" + file, version, sql, base::sha256_hex(sql)};
  }

  base::Result<MigrationReport> run(const std::vector<Migration>& migrations) {
    return migrate(url_, migrations, [this](const Migration& one, bool applied) {
      told_.push_back(one.file + (applied ? " applied" : " already"));
    });
  }

  std::string fault(const std::string& sql) {
    const auto report = run({migration(1, sql)});
    return report ? "applied" : report.error().message;
  }

  std::string one_value(const std::string& sql) {
    pqxx::connection connection(url_);
    return pqxx::nontransaction(connection).exec(sql)[0][0].c_str();
  }

  static inline std::unique_ptr<Server> server_;
  static inline int databases_ = 0;
  std::string url_;
  std::vector<std::string> told_;
};

TEST_F(Migrating, AppliesEachOnceAndRecordsIt) {
  const std::vector<Migration> migrations{
      migration(1, "create table a(x int); insert into a values (1);"),
      migration(2, "insert into a values (2)")};

  const auto first = run(migrations);
  ASSERT_TRUE(first.has_value()) << first.error().message;
  const auto second = run(migrations);

  EXPECT_EQ(first->applied, 2);
  EXPECT_EQ(second->applied, 0);
  EXPECT_EQ(second->already, 2);
  EXPECT_THAT(told_, ElementsAre("1_x.up.sql applied", "2_x.up.sql applied", "1_x.up.sql already",
                                 "2_x.up.sql already"));
  EXPECT_EQ(one_value("select count(*) from a"), "2");
  EXPECT_EQ(one_value("select sha256 from drydock_migrations where version = 2"),
            migrations[1].sha256);
}

TEST_F(Migrating, TellsWhereASyntaxErrorIs) {
  EXPECT_THAT(fault("create table a(x int);\n-- \xC3\xA9\nselect '\xC3\xA9' frm a;\n"),
              AllOf(StartsWith("m/1_x.up.sql:3:16: syntax error at or near \"a\" (42601)"),
                    HasSubstr("\n  in: select '\xC3\xA9' frm a")));
}

TEST_F(Migrating, TellsWhichStatementBrokeARule) {
  EXPECT_THAT(fault("create table a(x int primary key);\ninsert into a values (1);\n  insert into "
                    "a values (1);"),
              AllOf(StartsWith("m/1_x.up.sql:3:3: duplicate key value"),
                    HasSubstr("(23505); detail: Key (x)=(1)"),
                    HasSubstr("\n  in: insert into a values (1)")));
}

TEST_F(Migrating, LeavesNothingOfAFileThatFails) {
  const auto report = run(
      {migration(1, "create table a(x int)"), migration(2, "create table b(x int); select 1/0")});

  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(one_value("select to_regclass('a') is not null"), "t");
  EXPECT_EQ(one_value("select to_regclass('b') is null"), "t");
  EXPECT_EQ(one_value("select count(*) from drydock_migrations"), "1");
}

TEST_F(Migrating, RefusesAFileThatWasChanged) {
  ASSERT_TRUE(run({migration(1, "select 1")}).has_value());

  const auto report = run({migration(1, "select 2")});

  ASSERT_FALSE(report.has_value());
  EXPECT_THAT(report.error().message,
              StartsWith("m/1_x.up.sql: was changed after it had been applied"));
}

TEST_F(Migrating, RecordsBesideAMigrationThatChangesThePath) {
  const auto report =
      run({migration(1, "create schema s; set search_path = s; create table t(x int)"),
           migration(2, "create table u(x int)")});

  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(one_value("select count(*) from public.drydock_migrations"), "2");
  EXPECT_EQ(one_value("select to_regclass('s.t') is not null"), "t");
  EXPECT_EQ(one_value("select to_regclass('public.u') is not null"), "t");
}

TEST_F(Migrating, RefusesCopyFromStandardInput) {
  EXPECT_THAT(fault("create table a(x int);\ncopy a from stdin;\n"),
              HasSubstr("COPY FROM STDIN is not supported"));
}

TEST_F(Migrating, TakesAnEmptyFileAndFunctionBodies) {
  const auto report = run(
      {migration(1, "-- nothing\n"),
       migration(
           2,
           "create function f() returns int language sql begin atomic select 1; select 2; end;\n"
           "create function g() returns int language plpgsql as $$ begin return 3; end $$;")});

  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(one_value("select f() + g()"), "5");
}

TEST_F(Migrating, IsDoneOnceByMany) {
  const std::vector<Migration> migrations{
      migration(1, "create table a(x int); select pg_sleep(0.05)"),
      migration(2, "insert into a values (1)")};
  std::vector<std::thread> harnesses;
  std::vector<int> applied(4, -1);
  for (std::size_t i = 0; i < applied.size(); ++i) {
    harnesses.emplace_back([&, i] {
      const auto report = migrate(url_, migrations, {});
      applied[i] = report ? report->applied : -1;
    });
  }
  for (std::thread& harness : harnesses) {
    harness.join();
  }

  std::sort(applied.begin(), applied.end());
  EXPECT_THAT(applied, ElementsAre(0, 0, 0, 2));
  EXPECT_EQ(one_value("select count(*) from a"), "1");
}

// Two processes, as two Jobs would be; the statement waits for every transaction of the database,
// so that a runner that waited inside of one would hang it.
TEST_F(Migrating, IsDoneOnceByTwoProcesses) {
  Migration index = migration(2, "create index concurrently i on a (x)");
  index.transactional = false;
  const std::vector<Migration> migrations{
      migration(1, "create table a(x int); select pg_sleep(0.1)"), index};
  std::vector<pid_t> runners;
  for (int i = 0; i < 2; ++i) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      const auto report = migrate(url_, migrations, {});
      ::_exit(report ? report->applied : 99);
    }
    runners.push_back(pid);
  }
  std::vector<int> applied;
  for (const pid_t pid : runners) {
    int status = 0;
    ASSERT_EQ(::waitpid(pid, &status, 0), pid);
    applied.push_back(WIFEXITED(status) ? WEXITSTATUS(status) : -1);
  }

  std::sort(applied.begin(), applied.end());
  EXPECT_THAT(applied, ElementsAre(0, 2));
  EXPECT_EQ(one_value("select count(*) from drydock_migrations where not dirty"), "2");
}

TEST_F(Migrating, KeepsWhatWasLeftHalfDoneAsDirtyAndRefusesToGoOn) {
  ASSERT_TRUE(run({migration(1, "create table a(x int); insert into a values (1), (1)")}));
  Migration index = migration(2,
                              "-- drydock: no transaction\ncreate index concurrently b on a (x);\n"
                              "create unique index concurrently i\n  on a (x);\n");
  index.transactional = false;

  const auto failed =
      run({migration(1, "create table a(x int); insert into a values (1), (1)"), index});
  ASSERT_FALSE(failed.has_value());
  EXPECT_THAT(failed.error().message,
              AllOf(StartsWith("m/2_x.up.sql:3:1: could not create unique index"),
                    HasSubstr("`DELETE FROM drydock_migrations WHERE version = 2`")));
  EXPECT_EQ(one_value("select dirty from drydock_migrations where version = 2"), "t");
  EXPECT_EQ(one_value("select to_regclass('b') is not null"), "t");

  const auto again = run({migration(3, "create table c(x int)")});
  ASSERT_FALSE(again.has_value());
  EXPECT_THAT(again.error().message, AllOf(StartsWith("2_x.up.sql: was left half done at 20"),
                                           HasSubstr("WHERE version = 2")));
  EXPECT_EQ(one_value("select to_regclass('c') is null"), "t");

  one_value("delete from drydock_migrations where version = 2 returning 1");
  EXPECT_TRUE(run({migration(3, "create table c(x int)")}).has_value());
}

TEST_F(Migrating, TellsWhatIsAppliedOutOfOrderAndWhatHasNoFile) {
  ASSERT_TRUE(run({migration(1, "select 1"), migration(3, "select 3")}));

  const auto report = run({migration(2, "select 2"), migration(3, "select 3")});

  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(describe(*report),
            "1 applied, 1 there already; 1_x.up.sql was applied to this database, and there is no "
            "such file; 2_x.up.sql is applied out of order: a later one was there before it");
}

TEST_F(Migrating, HasAStatusThatChangesNothing) {
  const std::vector<Migration> two{migration(1, "select 1"), migration(2, "select 2")};
  const auto before = migration_status(url_, two);
  ASSERT_TRUE(before.has_value()) << before.error().message;
  EXPECT_EQ((*before)[0].state, MigrationState::kPending);
  EXPECT_EQ(one_value("select to_regclass('drydock_migrations') is null"), "t");

  ASSERT_TRUE(run({migration(2, "select 2"), migration(3, "select 3")}));
  const auto after = migration_status(url_, {migration(1, "select 1"), migration(2, "changed")});

  ASSERT_EQ(after->size(), 3U);
  EXPECT_EQ((*after)[0].state, MigrationState::kOutOfOrder);
  EXPECT_EQ((*after)[1].state, MigrationState::kChanged);
  EXPECT_EQ((*after)[2].state, MigrationState::kNoFile);
  EXPECT_THAT((*after)[2].applied_at, StartsWith("20"));
}

// As a version made it that knew no such state.
TEST_F(Migrating, TakesAnOlderTable) {
  const Migration first = migration(1, "select 1");
  one_value(
      "create table drydock_migrations (version bigint primary key, file text not null, "
      "sha256 text not null, applied_at timestamptz not null default now()); "
      "insert into drydock_migrations values (1, '1_x.up.sql', '" +
      first.sha256 + "') returning 1");
  EXPECT_EQ(migration_status(url_, {first})->at(0).state, MigrationState::kApplied);

  const auto report = run({first, migration(2, "select 2")});

  ASSERT_TRUE(report.has_value()) << report.error().message;
  EXPECT_EQ(describe(*report), "1 applied, 1 there already");
}

TEST_F(Migrating, GivesUpTheLockInTime) {
  pqxx::connection other(url_);
  pqxx::nontransaction work(other);
  work.exec("select pg_advisory_lock(28269553036454763)");

  const auto report =
      migrate(url_, {migration(1, "select 1")}, {}, {.lock = std::chrono::milliseconds(50)});

  ASSERT_FALSE(report.has_value());
  EXPECT_EQ(report.error().kind, base::ErrorKind::kTimedOut);
  EXPECT_THAT(report.error().message, StartsWith("another harness migrates this database"));
}

TEST_F(Migrating, TellsRefusalFromAbsence) {
  const UrlParts parts = split_url(url_);
  const std::string port = std::to_string(parts.port);

  EXPECT_EQ(migrate("postgresql://app:wrong-one@127.0.0.1:" + port + "/app", {}, {}).error().kind,
            base::ErrorKind::kPermissionDenied);
  EXPECT_EQ(migrate("postgresql://app:x@127.0.0.1:1/app", {}, {}).error().kind,
            base::ErrorKind::kUnavailable);
  EXPECT_EQ(migrate("postgresql://app:hunter22@[::1/app", {}, {}).error().message,
            "its URL is not one of PostgreSQL");
}

}  // namespace
}  // namespace harness
