#include "harness/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace harness {
namespace {

TestCase test_case(const std::string& suite, const std::string& name) {
  TestCase test;
  test.suite = suite;
  test.name = name;
  return test;
}

Config config_with_application() {
  Config config;
  ServiceConfig llm;
  llm.name = "llm";
  llm.kind = ServiceKind::kMockllm;
  ServiceConfig app;
  app.name = "app";
  app.kind = ServiceKind::kHttp;
  app.env = {{"OPENAI_API_KEY", "${llm.key}"}};
  ServiceConfig other;
  other.name = "other";
  other.kind = ServiceKind::kHttp;
  config.services = {llm, app, other};
  const auto suite = [&](const char* name, SuiteKind kind, std::vector<std::string> uses,
                         SessionMode mode) {
    SuiteConfig out;
    out.name = name;
    out.kind = kind;
    out.uses = std::move(uses);
    out.session = mode;
    config.suites.push_back(out);
  };
  suite("cpp", SuiteKind::kGoogleTest, {"app"}, SessionMode::kAlias);
  suite("py", SuiteKind::kPytest, {"app"}, SessionMode::kCarried);
  suite("plain", SuiteKind::kGoogleTest, {"other"}, SessionMode::kAlias);
  return config;
}

std::vector<TestCase> all_tests() {
  std::vector<TestCase> tests;
  for (int i = 0; i < 20; ++i) {
    tests.push_back(test_case("cpp", "S.T" + std::to_string(i)));
    tests.push_back(
        test_case("py", "test_" + std::to_string(i / 2) + ".py::test_" + std::to_string(i)));
    tests.push_back(test_case("plain", "S.T" + std::to_string(i)));
  }
  return tests;
}

TEST(Plan, GivesEachGoogleTestAProcessAndEachFileOfPytestOne) {
  const Plan plan = make_plan(all_tests(), config_with_application());

  EXPECT_EQ(plan.units.size(), 20U + 10U + 20U);
  EXPECT_EQ(plan.selected.size(), 60U);
  EXPECT_EQ(plan.listed, 60U);
  for (const Unit& unit : plan.units) {
    EXPECT_EQ(unit.tests.size(), unit.kind == SuiteKind::kPytest ? 2U : 1U);
  }
}

TEST(Plan, IsSerialOnlyWhereTestsShareAnAlias) {
  for (const Unit& unit : make_plan(all_tests(), config_with_application()).units) {
    EXPECT_EQ(!unit.resources.empty(), unit.suite == "cpp") << unit.suite;
  }
}

TEST(Plan, IsNotSerialWithoutALlm) {
  Config config = config_with_application();
  config.services.erase(config.services.begin());

  EXPECT_FALSE(shares_alias(config.suites.front(), config));
}

TEST(Shards, TogetherAreTheListAndShareNothing) {
  std::multiset<std::string> seen;
  for (int i = 0; i < 3; ++i) {
    const Plan plan = make_plan(all_tests(), config_with_application(), {.shard = {i, 3}});
    EXPECT_EQ(plan.list_sha256, make_plan(all_tests(), config_with_application()).list_sha256);
    for (const TestCase& test : plan.selected) {
      seen.insert(test.id());
    }
  }

  EXPECT_EQ(seen.size(), 60U);
  EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), 60U);
}

TEST(Shards, KnowWhatTheOthersRun) {
  const Config config = config_with_application();
  std::set<std::string> selected;
  for (const TestCase& test :
       make_plan(all_tests(), config, {.filter = *Filter::parse("py/")}).selected) {
    selected.insert(test.id());
  }
  for (int i = 0; i < 3; ++i) {
    const Plan plan =
        make_plan(all_tests(), config, {.filter = *Filter::parse("py/"), .shard = {i, 3}});
    std::set<std::string> both(plan.elsewhere.begin(), plan.elsewhere.end());
    for (const TestCase& test : plan.selected) {
      EXPECT_TRUE(both.insert(test.id()).second) << test.id();
    }
    EXPECT_EQ(both, selected) << "what the filter leaves out is nobody's";
  }
}

TEST(Shards, KeepAllThatShareAnAliasTogether) {
  for (int i = 1; i < 3; ++i) {
    for (const TestCase& test :
         make_plan(all_tests(), config_with_application(), {.shard = {i, 3}}).selected) {
      EXPECT_NE(test.suite, "cpp");
    }
  }
}

TEST(Plan, TakesDisabledTestsOutOfTheUnits) {
  TestCase disabled = test_case("plain", "S.DISABLED_T");
  disabled.disabled = true;

  const Plan plan = make_plan({disabled}, config_with_application());

  EXPECT_TRUE(plan.units.empty());
  EXPECT_EQ(plan.disabled.size(), 1U);
  EXPECT_EQ(plan.selected.size(), 1U);
}

TEST(Plan, LeavesOutWhatTheFilterDoes) {
  const Plan plan =
      make_plan(all_tests(), config_with_application(), {.filter = *Filter::parse("py/")});

  EXPECT_EQ(plan.selected.size(), 20U);
  EXPECT_EQ(plan.listed, 60U);
}

}  // namespace
}  // namespace harness
