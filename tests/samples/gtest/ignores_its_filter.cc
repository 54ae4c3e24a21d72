// Runs both of its tests, whatever it is asked for.
#include <gtest/gtest.h>

TEST(IgnoresItsFilter, First) {}

TEST(IgnoresItsFilter, Second) {}

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  testing::GTEST_FLAG(filter) = "*";
  return RUN_ALL_TESTS();
}
