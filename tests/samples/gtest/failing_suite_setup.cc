// GoogleTest 1.12 leaves this failure out of its report: only the exit code tells.
#include <gtest/gtest.h>

namespace {

class FailingSuite : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { FAIL() << "the suite cannot be set up"; }
};

TEST_F(FailingSuite, Here) {}

TEST(FineSuite, Here) {}

}  // namespace
