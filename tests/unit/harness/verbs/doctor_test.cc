#include "harness/verbs/doctor.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/support/raw_server.h"
#include "tests/unit/harness/verbs/verb_fixture.h"

namespace harness {
namespace {

using ::testing::AllOf;
using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

using DoctorVerb = VerbFixture;

TEST_F(DoctorVerb, ShowsWhatARunWouldFind) {
  const support::RawServer redis({.answers = {"+PONG\r\n"}});
  environment_.set("REDIS_URL", "redis://" + redis.address());
  environment_.set("PEPPER", "value-of-the-pepper");
  write("suite/test_a.py", "");
  write_config(
      "services:\n  cache: {kind: redis, url_env: REDIS_URL}\n  db: {kind: postgres, local: {}}\n"
      "secrets:\n  - {name: PEPPER, env: PEPPER}\n"
      "limits: {test: 5s}\n");

  EXPECT_EQ(doctor_verb({.config = source()}, context()), 0) << out();

  EXPECT_THAT(
      out(),
      AllOf(HasSubstr("ok       setting limits.test: 5s  [" + config_path() + ":7:16]"),
            HasSubstr("ok       setting limits.run: 20m  [default]"),
            ContainsRegex("ok       program postgres: postgres \\(PostgreSQL\\) [0-9]+"),
            HasSubstr("ok       secret PEPPER: ***  [PEPPER]"), HasSubstr(": ready: PING answered"),
            HasSubstr("service db: will be started for a run"),
            HasSubstr("ok       llm mode: mock  [no event]")));
  EXPECT_THAT(out(), Not(HasSubstr("value-of-the-pepper")));
  EXPECT_EQ(err(), "nothing is missing\n");
}

TEST_F(DoctorVerb, ShowsEveryValueWithItsOrigin) {
  environment_.set("REDIS_URL", "redis://:the-password@127.0.0.1:1/0");
  write_config(
      "services:\n  cache: {kind: redis, url_env: REDIS_URL}\n"
      "suites:\n"
      "  - {name: s, kind: pytest, path: suite, timeout: 9s, tags: [a, b],\n"
      "     env: {API_TOKEN: in-the-clear, PLACE: \"${cache.url}\"}, uses: [cache]}\n"
      "limits: {test: 5s}\n");

  doctor_verb({.config = source(), .flags = {{"limits.test", "7s", "--test-timeout"}}}, context());

  EXPECT_THAT(
      out(),
      AllOf(
          HasSubstr("setting limits.test: 7s  [--test-timeout]"),
          HasSubstr("setting limits.retry: 0  [default]"),
          HasSubstr("setting services.cache.kind: redis  [" + config_path() + ":3:17]"),
          HasSubstr("setting services.cache.url: redis://:***@127.0.0.1:1/0  [variable REDIS_URL]"),
          HasSubstr("setting suites.s.timeout: 9s  [" + config_path() + ":5:51]"),
          HasSubstr("setting suites.s.tags: [a, b]"),
          HasSubstr("setting suites.s.env.API_TOKEN: ***  ["),
          HasSubstr("setting suites.s.env.PLACE: ${cache.url}")));
  EXPECT_THAT(out(), Not(HasSubstr("the-password")));
  EXPECT_THAT(out(), Not(HasSubstr("in-the-clear")));
}

TEST_F(DoctorVerb, NamesEverythingThatIsMissing) {
  write_config(
      "services:\n  cache: {kind: redis, url_env: REDIS_URL}\n"
      "  app: {kind: http, local: {run: [no-such-program]}}\n  llm: {kind: mockllm, local: {}}\n"
      "  db: {kind: postgres, local: {}}\n"
      "migrations: {service: db, dir: nowhere}\n"
      "secrets:\n  - {name: PEPPER, env: PEPPER}\n"
      "suites:\n  - {name: s, kind: gtest, path: bin/no_test}\n");

  EXPECT_EQ(
      doctor_verb({.config = source(), .secret_variables = {"OTHER"}, .mockllm = "/no/mockllm"},
                  context(true)),
      2);

  const nlohmann::json told = json();
  EXPECT_EQ(told["ok"], false);
  std::vector<std::string> missing;
  for (const auto& finding : told["findings"]) {
    if (!finding["ok"].get<bool>()) {
      missing.push_back(finding["group"].get<std::string>() + " " +
                        finding["name"].get<std::string>());
    }
  }
  EXPECT_THAT(missing, ::testing::UnorderedElementsAre(
                           "setting migrations", "program app: no-such-program", "program mockllm",
                           "secret PEPPER", "secret OTHER", "service cache", "suite s"));
}

TEST_F(DoctorVerb, LooksAroundWithoutAFile) {
  EXPECT_EQ(doctor_verb({.config = {config_path(), false}}, context()), 0);

  EXPECT_THAT(out(), HasSubstr("setting file: none"));
}

}  // namespace
}  // namespace harness
