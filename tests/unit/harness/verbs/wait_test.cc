#include "harness/verbs/wait.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/raw_server.h"
#include "tests/unit/harness/verbs/verb_fixture.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

using WaitVerb = VerbFixture;

const support::RawServer::Script kPong{.answers = {"+PONG\r\n"}};

TEST_F(WaitVerb, EndsWellOnceAllAreReady) {
  const support::RawServer redis(kPong);
  environment_.set("REDIS_URL", "redis://" + redis.address());
  write_config(
      "services:\n  cache: {kind: redis, url_env: REDIS_URL}\n  db: {kind: postgres, local: {}}\n");

  EXPECT_EQ(wait_verb({.config = source()}, context(true)), 0);

  EXPECT_EQ(json()["ready"], true);
  EXPECT_EQ(json()["services"][0]["readiness"], "ready");
  EXPECT_THAT(err(), AllOf(::testing::ContainsRegex(
                               "\\[0\\.[0-9]s of 1m\\] 1 of 1 ready\n  cache: ready after "
                               "0\\.[0-9]s: PING answered\n"),
                           HasSubstr("db: local, started by `harness run`")));
}

TEST_F(WaitVerb, EndsWithTenWhereOneIsNotInTime) {
  const support::RawServer redis(kPong);
  const support::RawServer loading({.answers = {"-LOADING data\r\n"}});
  environment_.set("A_URL", "redis://" + redis.address());
  environment_.set("B_URL", "redis://:hunter22@" + loading.address());
  write_config(
      "services:\n  a: {kind: redis, url_env: A_URL}\n  b: {kind: redis, url_env: B_URL}\n");

  EXPECT_EQ(wait_verb({.config = source(), .timeout = milliseconds(100)}, context(true)), 10);

  EXPECT_EQ(json()["ready"], false);
  EXPECT_EQ(json()["services"][1]["reason"], "LOADING data");
  EXPECT_GE(json()["services"][1]["history"][0]["times"], 2);
  EXPECT_THAT(json()["services"][1]["commands"][0], "redis-cli -u \"$B_URL\" INFO replication");
  EXPECT_THAT(err(), ContainsRegex("\nb: not ready after 0\\.[0-9]s of 100ms: LOADING data\nb is "
                                   "redis at redis://:\\*\\*\\*@127"));
  EXPECT_THAT(err(), AllOf(ContainsRegex("\n  0\\.0s  not yet  LOADING data \\([0-9]+ times\\)\n"),
                           HasSubstr("to look further:\n")));
  EXPECT_THAT(out() + err(), Not(HasSubstr("hunter22")));
}

TEST_F(WaitVerb, EndsWithElevenWhereOneIsRefused) {
  const support::RawServer redis({.answers = {"-NOAUTH Authentication required.\r\n"}});

  EXPECT_EQ(wait_verb({.urls = {"redis://" + redis.address()}}, context()), 11);

  EXPECT_THAT(err(), ContainsRegex("never after 0\\.[0-9]s of 1m: NOAUTH"));
}

TEST_F(WaitVerb, AsksThePathOfAnHttpUrl) {
  const support::RawServer server(
      {.answers = {"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"}, .hang_up = true});

  EXPECT_EQ(
      wait_verb({.urls = {"http://" + server.address() + "/livez"}, .timeout = milliseconds(50)},
                context()),
      10);

  EXPECT_THAT(err(), HasSubstr("GET /livez answered 404"));
}

TEST_F(WaitVerb, FollowsTheNeedsOfTheFile) {
  write("seed", "x");
  write_config(
      "services:\n"
      "  rows: {kind: command, ready: [sh, -c, 'echo $API_TOKEN; exit 1'], needs: [seed], "
      "ready_timeout: 300ms}\n"
      "  seed: {kind: file, path: seed}\n"
      "  late: {kind: file, path: seed, needs: [rows]}\n");
  environment_.set("API_TOKEN", "sesame-open-2");

  EXPECT_EQ(wait_verb({.config = source()}, context(true)), 10);

  EXPECT_THAT(err(), AllOf(HasSubstr("  late: waits for rows\n"), HasSubstr("1 of 3 ready\n"),
                           HasSubstr("ended with exit code 1: ***"),
                           HasSubstr("late: was not asked: it needs rows, which is not ready")));
  EXPECT_THAT(out() + err(), Not(HasSubstr("sesame-open-2")));
}

TEST_F(WaitVerb, EndsWithTwoWhereThereIsNothingToWaitFor) {
  write_config(
      "services:\n  cache: {kind: redis, local: {}}\n  db: {kind: redis, url_env: DB_URL}\n");

  EXPECT_EQ(wait_verb({.config = source(), .services = {"cache"}}, context()), 2);
  EXPECT_EQ(wait_verb({.config = source(), .services = {"db"}}, context()), 2);
  EXPECT_EQ(wait_verb({.config = source(), .services = {"nobody"}}, context()), 2);
  EXPECT_EQ(wait_verb({.urls = {"ftp://h"}}, context()), 2);

  EXPECT_THAT(err(), AllOf(HasSubstr("nothing to wait for"), HasSubstr("db: DB_URL is not set"),
                           HasSubstr("no service 'nobody'"), HasSubstr("'ftp://h' is no URL")));
}

}  // namespace
}  // namespace harness
