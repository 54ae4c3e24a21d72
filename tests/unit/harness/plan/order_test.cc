#include "harness/plan/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::UnorderedElementsAreArray;

std::vector<std::string> order_of(const Plan& plan) {
  std::vector<std::string> files;
  for (const Unit& unit : plan.units) {
    files.push_back(unit.file);
  }
  return files;
}

Plan plan_of_six() {
  Plan plan;
  for (const char* file : {"a", "b", "c", "d", "e", "f"}) {
    Unit unit;
    unit.file = file;
    plan.units.push_back(unit);
  }
  return plan;
}

// The order of a seed is a promise: who saw a failure can see it again, on any machine.
TEST(Shuffle, GivesEachSeedItsOrder) {
  Plan plan = plan_of_six();
  Plan again = plan_of_six();
  Plan other = plan_of_six();

  shuffle(plan, 7);
  shuffle(again, 7);
  shuffle(other, 8);

  EXPECT_EQ(order_of(plan), order_of(again));
  EXPECT_NE(order_of(plan), order_of(other));
  EXPECT_THAT(order_of(plan), UnorderedElementsAreArray(order_of(plan_of_six())));
}

}  // namespace
}  // namespace harness
