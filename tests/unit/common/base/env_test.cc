#include "common/base/env.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace base {
namespace {

TEST(Environment, KeepsTheFirstEqualsAsTheBorder) {
  const char* entries[] = {"URL=postgres://h/db?a=b", "EMPTY=", "no equals", "=odd", nullptr};

  const Environment environment(entries);

  EXPECT_EQ(environment.get("URL"), "postgres://h/db?a=b");
  EXPECT_EQ(environment.get("EMPTY"), "");
  EXPECT_FALSE(environment.has("EMPTY"));
  EXPECT_EQ(environment.all().size(), 2U);
}

TEST(Environment, ListsItsEntriesInOrderOfTheirNames) {
  Environment environment;
  environment.set("B", "2");
  environment.set("A", "1");
  environment.set("B", "3");
  environment.unset("C");

  EXPECT_THAT(environment.entries(), testing::ElementsAre("A=1", "B=3"));
}

}  // namespace
}  // namespace base
