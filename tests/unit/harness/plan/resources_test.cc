#include "harness/plan/resources.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/plan/plan.h"

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

Config config_of_one_suite(SuiteKind kind) {
  Config config;
  SuiteConfig suite;
  suite.name = "s";
  suite.kind = kind;
  config.suites.push_back(suite);
  return config;
}

TEST(Resources, AreNamedByTagsAndByEntriesOfTheFile) {
  Config config = config_of_one_suite(SuiteKind::kGoogleTest);
  config.serial = {{"orders", "test(Orders*)", "x.yaml:1:1"}, {"all", "all()", "x.yaml:2:1"}};
  const base::Result<Resources> resources = Resources::make(config);
  ASSERT_TRUE(resources);

  EXPECT_THAT(resources->of({"s", "Orders.Fill"}, SuiteKind::kGoogleTest),
              ElementsAre("all", "orders"));
  TestCase tagged{"s", "Other.Test"};
  tagged.tags = {"slow", "serial:queue", "serial:all", "serial"};
  EXPECT_THAT(resources->of(tagged, SuiteKind::kGoogleTest), ElementsAre("all", "queue"));
}

TEST(Resources, AreRefusedWithTheirPlace) {
  Config config;
  config.serial = {{"orders", "tset(Orders)", "x.yaml:7:3"}};

  const base::Result<Resources> resources = Resources::make(config);

  ASSERT_FALSE(resources);
  EXPECT_THAT(resources.error().message, HasSubstr("x.yaml:7:3: "));
  EXPECT_THAT(resources.error().message, HasSubstr("did you mean 'test'?"));
}

// A process is held for as long as it runs, so its file names what any of its tests does.
TEST(Resources, OfAFileAreThoseOfItsTests) {
  TestCase first{"s", "test_a.py::test_1"};
  first.tags = {"serial:queue"};
  TestCase second{"s", "test_a.py::test_2"};
  second.tags = {"serial:orders", "serial:queue"};

  const Plan plan = make_plan({first, second}, config_of_one_suite(SuiteKind::kPytest));

  ASSERT_EQ(plan.units.size(), 1U);
  EXPECT_THAT(plan.units[0].resources, ElementsAre("orders", "queue"));
}

}  // namespace
}  // namespace harness
