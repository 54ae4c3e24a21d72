// What a right file becomes.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "harness/config/config.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::IsEmpty;
using ::testing::Pair;

Config parsed(const std::string& body) {
  base::Result<Config> config = parse_config("harness.yaml", "drydock: harness/v1\n" + body);
  EXPECT_TRUE(config.has_value()) << config.error().message;
  return config ? *config : Config{};
}

std::vector<std::string> names(const std::vector<ServiceConfig>& services) {
  std::vector<std::string> found;
  for (const ServiceConfig& service : services) {
    found.push_back(service.name);
  }
  return found;
}

TEST(TheContractsExample, LoadsWhole) {
  const base::Result<Config> loaded = load_config(std::string(DRYDOCK_EXAMPLES) + "/harness.yaml");

  ASSERT_TRUE(loaded.has_value()) << loaded.error().message;
  const Config& config = *loaded;
  EXPECT_EQ(config.name, "deck-agent");
  EXPECT_EQ(config.directory, DRYDOCK_EXAMPLES);
  EXPECT_THAT(names(config.services), ElementsAre("postgres", "redis", "llm", "app"));
  EXPECT_EQ(config.service("postgres")->local->database, "app");
  EXPECT_EQ(config.service("redis")->url_env, "REDIS_URL");
  EXPECT_EQ(config.service("llm")->key_env, "MOCKLLM_KEY");
  EXPECT_EQ(config.service("llm")->local->fixtures, "fixtures");
  const ServiceConfig& app = *config.service("app");
  EXPECT_THAT(app.local->run, ElementsAre("python3", "-m", "deck_agent"));
  EXPECT_EQ(app.ready.path, "/healthz");
  EXPECT_THAT(app.env, ::testing::Contains(Pair("OPENAI_API_KEY", "${llm.key}")));
  ASSERT_EQ(config.secrets.size(), 2U);
  EXPECT_EQ(config.secrets[0].env, "TOKEN_PEPPER");
  EXPECT_FALSE(config.secrets[0].multiline);
  EXPECT_TRUE(config.secrets[1].multiline);
  EXPECT_EQ(config.migrations->directory, "tests/integration/migrations");
  EXPECT_EQ(config.llm, LlmChoice::kAuto);
  ASSERT_EQ(config.suites.size(), 2U);
  EXPECT_EQ(config.suites[0].kind, SuiteKind::kGoogleTest);
  EXPECT_FALSE(config.suites[0].timeout.has_value());
  EXPECT_EQ(config.suites[1].timeout, milliseconds(30'000));
  EXPECT_EQ(config.test_timeout, milliseconds(60'000));
  EXPECT_EQ(config.run_timeout, milliseconds(1'200'000));
  EXPECT_EQ(config.report_directory, "build/reports");
}

TEST(AFileWithTheFormatAlone, HasTheDefaults) {
  const Config config = parsed("");

  EXPECT_EQ(config.name, "run");
  EXPECT_EQ(config.test_timeout, milliseconds(60'000));
  EXPECT_THAT(config.services, IsEmpty());
  EXPECT_EQ(config.file, "harness.yaml");
}

TEST(Services, ComeAfterTheirNeedsAndElseInTheOrderOfTheFile) {
  const Config config = parsed(
      "services:\n"
      "  web: {kind: http, local: {run: [web]}, needs: [api]}\n"
      "  cache: {kind: redis, local: {}}\n"
      "  api: {kind: http, local: {run: [api]}, needs: [db]}\n"
      "  db: {kind: postgres, local: {}}\n");

  EXPECT_THAT(names(config.services), ElementsAre("cache", "db", "api", "web"));
}

TEST(Services, AreReachedThroughTheNeedsOfOthers) {
  const Config config = parsed(
      "services:\n"
      "  web: {kind: http, local: {run: [web]}, needs: [api]}\n"
      "  cache: {kind: redis, local: {}}\n"
      "  api: {kind: http, local: {run: [api]}, needs: [db]}\n"
      "  db: {kind: postgres, local: {}}\n");

  std::vector<std::string> reached;
  for (const ServiceConfig* service : config.needs_of({"web"})) {
    reached.push_back(service->name);
  }

  EXPECT_THAT(reached, ElementsAre("db", "api", "web"));
}

TEST(AnExplicitFalse, IsHonoured) {
  const Config config = parsed(
      "services:\n"
      "  db: {kind: postgres, url_env: DATABASE_URL, local: false}\n"
      "secrets:\n"
      "  - {name: A, env: A, multiline: false}\n"
      "migrations: false\n"
      "suites:\n"
      "  - {name: s, kind: pytest, path: tests, expects_misses: false}\n");

  EXPECT_FALSE(config.services[0].local.has_value());
  EXPECT_FALSE(config.secrets[0].multiline);
  EXPECT_FALSE(config.migrations.has_value());
  EXPECT_FALSE(config.suites[0].expects_misses);
}

TEST(ASuite, KeepsWhatItSays) {
  const Config config = parsed(
      "services:\n"
      "  db: {kind: postgres, local: {}}\n"
      "suites:\n"
      "  - {name: s, kind: pytest, path: tests, session: carried, expects_misses: true,\n"
      "     environment: declared, env: {DSN: \"${db.url}\"}, uses: [db]}\n");

  const SuiteConfig& suite = config.suites.at(0);
  EXPECT_EQ(suite.session, SessionMode::kCarried);
  EXPECT_TRUE(suite.expects_misses);
  EXPECT_TRUE(suite.environment_declared);
  EXPECT_THAT(suite.env, ElementsAre(Pair("DSN", "${db.url}")));
}

TEST(ASuite, NamesWhatItSharesByATag) {
  const Config config = parsed(
      "suites:\n"
      "  - {name: s, kind: pytest, path: tests, tags: [slow], serial: [orders, stock]}\n"
      "serial:\n"
      "  - {resource: queue, tests: test(send)}\n"
      "order: listed\n");

  EXPECT_THAT(config.suites.at(0).tags, ElementsAre("slow", "serial:orders", "serial:stock"));
  ASSERT_EQ(config.serial.size(), 1U);
  EXPECT_EQ(config.serial[0].resource, "queue");
  EXPECT_EQ(config.serial[0].tests, "test(send)");
  EXPECT_EQ(config.order, StartOrder::kListed);
}

TEST(AService, KeepsItsOwnTimeAndFolder) {
  const Config config = parsed(
      "services:\n"
      "  app: {kind: http, ready_timeout: 5s, local: {run: [x, 8080], directory: srv/app}}\n"
      "  llm: {kind: mockllm, local: {}, unattributed: warn}\n");

  EXPECT_EQ(config.service("app")->ready.timeout, milliseconds(5'000));
  EXPECT_EQ(config.service("app")->local->directory, "srv/app");
  EXPECT_THAT(config.service("app")->local->run, ElementsAre("x", "8080"));
  EXPECT_TRUE(config.service("llm")->unattributed_warn);
}

TEST(Settings, SayWhereTheyComeFrom) {
  const Config config = parsed("limits: {run: 90s}\n");

  std::vector<std::string> lines;
  for (const Setting& setting : config.settings) {
    lines.push_back(setting.name + "=" + setting.value + " (" + setting.origin + ")");
  }
  EXPECT_THAT(lines, ElementsAre("name=run (default)", "llm.mode=auto (default)",
                                 "order=recorded (default)", "limits.test=1m (default)",
                                 "limits.soft=none (default)", "limits.run=90s (harness.yaml:2:15)",
                                 "limits.retry=0 (default)", "report.dir=build/reports (default)",
                                 "drydock=harness/v1 (harness.yaml:1:10)"));
}

TEST(AMissingFile, IsNotFound) {
  const base::Result<Config> config = load_config("no/such/harness.yaml");

  ASSERT_FALSE(config.has_value());
  EXPECT_EQ(config.error().kind, base::ErrorKind::kNotFound);
}

TEST(ParseConfig, TakesEachKindOfService) {
  const Config config = parsed(
      "services:\n"
      "  db: {kind: postgres, url_env: DB, role: primary, migration: 7, stable_for: 2s}\n"
      "  cache: {kind: dragonfly, url_env: CACHE, role: replica}\n"
      "  bus: {kind: nats, local: {}}\n"
      "  smtp: {kind: tcp, url_env: SMTP}\n"
      "  seed: {kind: file, path: /run/seed}\n"
      "  rows: {kind: command, ready: [sh, check.sh], check_timeout: 3s}\n"
      "  worker: {kind: command, local: {run: [worker]}, env: {BUS: \"${bus.url}\"}, needs: "
      "[bus]}\n"
      "  web: {kind: kubernetes, object: Deployment/web, condition: Available, namespace: apps}\n"
      "  app: {kind: http, url_env: APP, ready: /livez, fatal_statuses: [401]}\n");

  EXPECT_EQ(config.service("db")->ready.role, ServerRole::kPrimary);
  EXPECT_EQ(config.service("db")->ready.migration, 7);
  EXPECT_EQ(config.service("db")->ready.stable_for, milliseconds(2'000));
  EXPECT_EQ(config.service("cache")->ready.role, ServerRole::kReplica);
  EXPECT_EQ(config.service("seed")->ready.path, "/run/seed");
  EXPECT_THAT(config.service("rows")->ready.run, ElementsAre("sh", "check.sh"));
  EXPECT_EQ(config.service("rows")->ready.check_timeout, milliseconds(3'000));
  EXPECT_EQ(config.service("web")->ready.object.kind, "deployment");
  EXPECT_EQ(config.service("web")->ready.object.condition, "Available");
  EXPECT_EQ(config.service("app")->ready.path, "/livez");
  EXPECT_THAT(config.service("app")->ready.fatal_statuses, ElementsAre(401));

  base::Environment environment;
  environment.set("SMTP", "tcp://h:25");
  EXPECT_TRUE(is_found(*config.service("smtp"), environment));
  EXPECT_FALSE(is_found(*config.service("db"), environment));
  EXPECT_TRUE(is_found(*config.service("seed"), environment));
  EXPECT_FALSE(is_found(*config.service("worker"), environment));
  EXPECT_TRUE(is_application(*config.service("rows")));
  EXPECT_FALSE(is_application(*config.service("web")));
}

}  // namespace
}  // namespace harness
