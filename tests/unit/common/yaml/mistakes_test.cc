#include "common/yaml/mistakes.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace yaml {
namespace {

using testing::EndsWith;

TEST(Mistakes, StartEmpty) {
  EXPECT_TRUE(Mistakes().empty());
}

TEST(Mistakes, AreALineEachInTheirOrder) {
  Mistakes mistakes;
  mistakes.add(base::not_found("one"));
  mistakes.add(base::invalid_input("two"));

  EXPECT_EQ(mistakes.error().kind, base::ErrorKind::kNotFound);
  EXPECT_EQ(mistakes.error().message, "one\ntwo");
}

TEST(Mistakes, KeepTheValueOrTheError) {
  Mistakes mistakes;

  EXPECT_EQ(mistakes.keep(base::Result<int>(3)), 3);
  EXPECT_EQ(mistakes.keep(base::Result<int>(base::invalid_input("no"))), std::nullopt);
  EXPECT_EQ(mistakes.count(), 1U);
}

TEST(Mistakes, AreCountedPastTheLimit) {
  Mistakes mistakes;
  for (std::size_t i = 0; i < Mistakes::kMistakesMax + 5; ++i) {
    mistakes.add(base::invalid_input("x"));
  }

  EXPECT_EQ(mistakes.count(), Mistakes::kMistakesMax + 5);
  EXPECT_THAT(mistakes.error().message, EndsWith("\nand 5 more mistakes"));
}

}  // namespace
}  // namespace yaml
