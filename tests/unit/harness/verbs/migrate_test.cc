#include "harness/verbs/migrate.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/config/url.h"
#include "harness/service/services.h"
#include "tests/unit/harness/verbs/verb_fixture.h"

namespace harness {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

using MigrateVerb = VerbFixture;

constexpr const char* kConfig =
    "services: {db: {kind: postgres, url_env: DATABASE_URL, ready_timeout: 300ms, local: "
    "{database: postgres}}}\n"
    "migrations: {service: db, dir: m}\n";

TEST_F(MigrateVerb, AppliesThenNamesTheStatementThatFails) {
  write_config(kConfig);
  // The same service, with the time that a start takes.
  Config config = *load_config(config_path());
  config.services[0].ready.timeout = std::chrono::milliseconds(60'000);
  Services services(config, environment_, clock_, {.log_directory = folder_->path().string()});
  ASSERT_FALSE(services.up({}).has_value());
  environment_.set("DATABASE_URL", services.find("db")->url);
  write("m/1_a.up.sql", "create table a(x int);");

  EXPECT_EQ(migrate_verb({.config = source()}, context(true)), 0);
  EXPECT_EQ(json()["applied"], 1);

  write("m/2_b.up.sql", "create table b(\n  y integr);");
  EXPECT_EQ(migrate_verb({.config = source()}, context()), 12);
  EXPECT_THAT(err(),
              AllOf(HasSubstr("1_a.up.sql: applied\n"), HasSubstr("1_a.up.sql: already there\n"),
                    HasSubstr("/m/2_b.up.sql:2:5: type \"integr\" does not exist (42704)"),
                    HasSubstr("in: create table b(\n  y integr)")));

  EXPECT_EQ(migrate_status_verb({{.config = source()}}, context()), 0);
  EXPECT_THAT(out(), AllOf(::testing::ContainsRegex("1_a.up.sql: applied \\(20[^)]*Z\\)\n"),
                           HasSubstr("2_b.up.sql: pending\n")));
  write("m/1_a.up.sql", "create table a(x bigint);");
  EXPECT_EQ(migrate_status_verb({{.config = source()}}, context()), 12);
  EXPECT_THAT(out(), HasSubstr("1_a.up.sql: changed after it was applied"));

  const std::string port = std::to_string(split_url(services.find("db")->url).port);
  environment_.set("DATABASE_URL", "postgresql://app:wrong@127.0.0.1:" + port + "/postgres");
  EXPECT_EQ(migrate_verb({.config = source()}, context()), 11);

  services.down();
  EXPECT_EQ(migrate_verb({.config = source()}, context()), 10);
}

TEST_F(MigrateVerb, EndsWithTwoWhereItCannotEvenBegin) {
  write_config("name: x\n");
  EXPECT_EQ(migrate_verb({.config = source()}, context()), 2);

  write_config(kConfig);
  EXPECT_EQ(migrate_verb({.config = source()}, context()), 2);

  environment_.set("DATABASE_URL", "postgresql://h/app");
  write("m/a.up.sql", "select 1");
  EXPECT_EQ(migrate_verb({.config = source()}, context()), 2);

  EXPECT_THAT(err(), AllOf(HasSubstr("has no `migrations`"), HasSubstr("DATABASE_URL is not set"),
                           HasSubstr("a.up.sql: the name must begin with a number")));
}

}  // namespace
}  // namespace harness
