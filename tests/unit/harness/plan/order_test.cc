#include "harness/plan/order.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::ElementsAre;
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
    unit.tests.push_back({"s", file});
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

PastTest took(int ms, bool red = false) {
  return {std::chrono::milliseconds(ms), red};
}

TEST(OrderByPast, BeginsWithWhatWasRedThenWithTheLongest) {
  Plan plan = plan_of_six();

  order_by_past(plan, {{"s/a", took(10)},
                       {"s/b", took(30)},
                       {"s/c", took(1, true)},
                       {"s/d", took(30)},
                       {"s/e", took(2, true)},
                       {"s/f", took(20)}});

  EXPECT_THAT(order_of(plan), ElementsAre("e", "c", "b", "d", "f", "a"));
}

TEST(OrderByPast, CountsWhatIsNotKnownAsTheMedian) {
  Plan plan = plan_of_six();

  order_by_past(plan, {{"s/a", took(10)}, {"s/c", took(30)}, {"s/f", took(20)}});

  EXPECT_THAT(order_of(plan), ElementsAre("c", "b", "d", "e", "f", "a"));
}

TEST(OrderByPast, IsTheListWhereNothingIsKnown) {
  Plan plan = plan_of_six();

  order_by_past(plan, {{"other/a", took(10)}});

  EXPECT_EQ(order_of(plan), order_of(plan_of_six()));
}

// Three that must follow each other take longer together than the longest alone.
TEST(OrderByPast, CountsWhatWaitsForAResource) {
  Plan plan = plan_of_six();
  for (const std::size_t i : {0, 1, 2}) {
    plan.units[i].resources = {"orders"};
  }

  order_by_past(plan, {{"s/a", took(10)},
                       {"s/b", took(10)},
                       {"s/c", took(10)},
                       {"s/d", took(15)},
                       {"s/e", took(25)},
                       {"s/f", took(1)}});

  EXPECT_THAT(order_of(plan), ElementsAre("a", "e", "b", "d", "c", "f"));
}

}  // namespace
}  // namespace harness
