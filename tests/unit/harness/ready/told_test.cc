#include "harness/ready/told.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;

ServiceConfig service(ServiceKind kind) {
  ServiceConfig config;
  config.name = "it";
  config.kind = kind;
  return config;
}

TEST(ADiagnosis, SaysWhereWhatWhenAndWhatNext) {
  ServiceConfig cache = service(ServiceKind::kRedis);
  cache.url_env = "REDIS_URL";
  WaitReport report;
  report.history = {{milliseconds(0), {Readiness::kNotYet, "Connection refused"}, 12},
                    {milliseconds(3'210), {Readiness::kNotYet, "LOADING"}, 1}};

  EXPECT_EQ(diagnosis(cache, "redis://:hunter22@h:6380/0", report),
            "it is redis at redis://:***@h:6380/0 (REDIS_URL)\n"
            "what it said, and when:\n"
            "  0.0s  not yet  Connection refused (12 times)\n"
            "  3.2s  not yet  LOADING\n"
            "to look further:\n"
            "  redis-cli -u \"$REDIS_URL\" INFO replication\n"
            "  nc -vz h 6380\n");
}

TEST(ALongHistory, IsToldByItsEnd) {
  std::vector<Observation> history;
  for (int i = 0; i < 30; ++i) {
    history.push_back({milliseconds(i), {Readiness::kNotYet, std::to_string(i)}, 1});
  }

  const std::string lines = history_lines(history);

  EXPECT_THAT(lines, HasSubstr("(18 earlier changes)\n"));
  EXPECT_THAT(lines, HasSubstr("not yet  29\n"));
  EXPECT_THAT(lines, Not(HasSubstr("not yet  17\n")));
}

TEST(SuggestedCommands, NameAVariableAndNeverItsValue) {
  ServiceConfig database = service(ServiceKind::kPostgres);
  const std::string url = "postgresql://app:hunter22@h/app";

  for (const std::string& command : suggested_commands(database, url)) {
    EXPECT_THAT(command, Not(HasSubstr("hunter22")));
  }
  database.url_env = "DATABASE_URL";
  EXPECT_THAT(suggested_commands(database, url)[0], HasSubstr("\"$DATABASE_URL\""));
}

TEST(SuggestedCommands, AreQuotedForAShell) {
  ServiceConfig check = service(ServiceKind::kCommand);
  check.ready.run = {"sh", "-c", "test -e it's"};
  EXPECT_THAT(suggested_commands(check, ""), ElementsAre("sh -c 'test -e it'\\''s'"));

  ServiceConfig app = service(ServiceKind::kKubernetes);
  app.ready.object = {"deployment", "app", "Available", "apps", "kind-ci", ""};
  EXPECT_THAT(suggested_commands(app, ""),
              ElementsAre("kubectl --context kind-ci --namespace apps describe deployment/app",
                          "kubectl --context kind-ci --namespace apps get events "
                          "--sort-by=.lastTimestamp"));
  EXPECT_EQ(whereabouts(app, ""), "kubernetes deployment/app, condition Available");
}

}  // namespace
}  // namespace harness
