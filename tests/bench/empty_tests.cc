// Tests that do nothing: what a run of them takes is the runner's and the process's own time.
#include <gtest/gtest.h>

namespace {

class Nothing : public testing::TestWithParam<int> {};

TEST_P(Nothing, IsTested) {}

INSTANTIATE_TEST_SUITE_P(Each, Nothing, testing::Range(0, 100));

}  // namespace
