// Against a real server in each of its states, and against peers that are none.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <hiredis/hiredis.h>

#include <chrono>
#include <memory>
#include <ostream>
#include <string>

#include "common/base/file.h"
#include "harness/config/url.h"
#include "harness/ready/probe.h"
#include "harness/service/services.h"
#include "tests/support/raw_server.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using support::RawServer;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

class RealRedis : public ::testing::Test {
 protected:
  void SetUp() override {
    environment_.set("PATH", "/usr/local/bin:/usr/bin:/bin");
    const auto failed = services_.up({});
    ASSERT_FALSE(failed.has_value()) << failed->reason << "\n" << failed->log;
    url_ = services_.find("cache")->url;
    parts_ = split_url(url_);
  }

  [[nodiscard]] std::string url(const std::string& user_and_password,
                                const std::string& path) const {
    return "redis://" + user_and_password + "127.0.0.1:" + std::to_string(parts_.port) + path;
  }

  base::SystemClock clock_;
  base::Environment environment_;
  base::Result<base::TemporaryDirectory> logs_ = base::TemporaryDirectory::make("redis-test-");
  Config config_ =
      *parse_config("h.yaml", "drydock: harness/v1\nservices: {cache: {kind: redis, local: {}}}\n");
  Services services_{config_, environment_, clock_, {.log_directory = logs_->path().string()}};
  std::string url_;
  UrlParts parts_;
};

TEST_F(RealRedis, TellsItsStatesApart) {
  EXPECT_EQ(probe_redis(url_).readiness, Readiness::kReady);
  EXPECT_EQ(probe_redis(url("default:" + parts_.password + "@", "/3")).readiness,
            Readiness::kReady);

  const ProbeResult nobody = probe_redis(url("", "/0"));
  EXPECT_EQ(nobody.readiness, Readiness::kNever);
  EXPECT_THAT(nobody.reason, StartsWith("NOAUTH"));

  const ProbeResult wrong = probe_redis(url(":wrong-password@", "/0"));
  EXPECT_EQ(wrong.readiness, Readiness::kNever);
  EXPECT_THAT(wrong.reason, StartsWith("WRONGPASS"));
  EXPECT_THAT(wrong.reason, Not(HasSubstr("wrong-password")));

  const ProbeResult database = probe_redis(url(":" + parts_.password + "@", "/99"));
  EXPECT_EQ(database.readiness, Readiness::kNever);
  EXPECT_THAT(database.reason, HasSubstr("DB index"));

  EXPECT_EQ(probe_redis(url_, ServerRole::kPrimary).reason, "PING answered, by a primary");

  services_.down();
  EXPECT_EQ(probe_redis(url_).readiness, Readiness::kNotYet);
}

// A real server becomes a read-only replica of nobody, and a primary again.
TEST_F(RealRedis, IsNotReadyInAnotherRole) {
  const std::unique_ptr<redisContext, void (*)(redisContext*)> admin(
      redisConnect("127.0.0.1", parts_.port), &redisFree);
  const auto command = [&](const char* text) { freeReplyObject(redisCommand(admin.get(), text)); };
  command(("AUTH " + parts_.password).c_str());

  EXPECT_EQ(probe_redis(url_, ServerRole::kReplica).reason, "is a primary, a replica is wanted");
  command("REPLICAOF 127.0.0.1 1");
  const ProbeResult replica = probe_redis(url_, ServerRole::kPrimary);
  EXPECT_EQ(replica.readiness, Readiness::kNotYet);
  EXPECT_EQ(replica.reason, "is a read-only replica, a primary is wanted");
  EXPECT_THAT(probe_redis(url_, ServerRole::kReplica).reason,
              StartsWith("its link to its primary"));
  command("REPLICAOF NO ONE");
  EXPECT_EQ(probe_redis(url_, ServerRole::kPrimary).readiness, Readiness::kReady);
}

struct Answer {
  const char* name;
  RawServer::Script script;
  Readiness readiness;
  const char* reason;
  ServerRole role = ServerRole::kAny;

  friend void PrintTo(const Answer& answer, std::ostream* out) { *out << answer.name; }
};

class ProbeRedis : public ::testing::TestWithParam<Answer> {};

TEST_P(ProbeRedis, Judges) {
  const RawServer server(GetParam().script);

  const ProbeResult result =
      probe_redis("redis://" + server.address(), GetParam().role, milliseconds(300));

  EXPECT_EQ(result.readiness, GetParam().readiness) << result.reason;
  EXPECT_THAT(result.reason, HasSubstr(GetParam().reason));
}

INSTANTIATE_TEST_SUITE_P(
    Answers, ProbeRedis,
    ::testing::Values(
        Answer{"pong", {.answers = {"+PONG\r\n"}}, Readiness::kReady, "PING answered"},
        Answer{"loading",
               {.answers = {"-LOADING Redis is loading the dataset in memory\r\n"}},
               Readiness::kNotYet,
               "LOADING"},
        Answer{"primary down",
               {.answers = {"-MASTERDOWN Link with MASTER is down\r\n"}},
               Readiness::kNotYet,
               "MASTERDOWN"},
        Answer{"no clients left",
               {.greeting = "-ERR max number of clients reached\r\n"},
               Readiness::kNotYet,
               "maximum of clients"},
        Answer{"not permitted",
               {.answers = {"-NOPERM this user has no permissions\r\n"}},
               Readiness::kNever,
               "NOPERM"},
        Answer{"another protocol",
               {.answers = {"HTTP/1.1 400 Bad Request\r\n\r\n"}},
               Readiness::kNever,
               "does not speak Redis' protocol"},
        Answer{"a replica that follows",
               {.answers = {"+PONG\r\n",
                            "*5\r\n$5\r\nslave\r\n$1\r\nh\r\n:6379\r\n$9\r\nconnected\r\n:1\r\n"}},
               Readiness::kReady,
               "by a replica",
               ServerRole::kReplica},
        Answer{"a replica without its primary",
               {.answers = {"+PONG\r\n",
                            "*5\r\n$5\r\nslave\r\n$1\r\nh\r\n:6379\r\n$7\r\nconnect\r\n:-1\r\n"}},
               Readiness::kNotYet,
               "its link to its primary is: connect",
               ServerRole::kReplica},
        Answer{"a role that may not be asked for",
               {.answers = {"+PONG\r\n", "-NOPERM this user has no permissions\r\n"}},
               Readiness::kNever,
               "NOPERM",
               ServerRole::kPrimary},
        Answer{"silence", {}, Readiness::kNotYet, "no answer in time"},
        Answer{"half an answer", {.answers = {"+PO"}}, Readiness::kNotYet, "no answer in time"},
        Answer{"a hang-up", {.answers = {""}, .hang_up = true}, Readiness::kNotYet, "clos"},
        Answer{"an endless answer",
               {.answers = {"+" + std::string(1'000, 'x')}, .endless = true},
               Readiness::kNever,
               "endless"},
        Answer{"a length of gigabytes",
               {.answers = {"$4000000000\r\nabc"}},
               Readiness::kNotYet,
               "no answer in time"}));

TEST(ProbeRedisUrls, RefusesWhatIsNone) {
  EXPECT_EQ(probe_redis("redis://h/abc").readiness, Readiness::kNever);
  EXPECT_EQ(probe_redis("").readiness, Readiness::kNever);
  EXPECT_EQ(probe_redis("http://u:secret@h").reason,
            "'http://u:***@h' is not redis://[user:password@]host[:port][/database]");
}

}  // namespace
}  // namespace harness
