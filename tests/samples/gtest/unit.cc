// An ordinary suite: what docs/configuration.md runs.
#include <gtest/gtest.h>

namespace {

TEST(Ship, Sails) {}

TEST(Ship, Floats) {
  EXPECT_EQ(1 + 1, 2);
}

}  // namespace
