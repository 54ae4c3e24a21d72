#include "harness/plan/past.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

using std::chrono::microseconds;

TEST(AddTold, TakesTheNewDurationAndKeepsWhatEitherCallsRed) {
  PastTests past{{"a", {microseconds(1), true}}, {"b", {microseconds(2), false}}};

  add_told({{"a", {microseconds(7), false}}, {"c", {microseconds(9), true}}}, past);

  ASSERT_EQ(past.size(), 3U);
  EXPECT_EQ(past["a"].duration, microseconds(7));
  EXPECT_TRUE(past["a"].red) << "it was red in this folder, whatever other machines have seen";
  EXPECT_EQ(past["b"].duration, microseconds(2));
  EXPECT_TRUE(past["c"].red);
}

TEST(DigestOfPast, IsOfIdsAndDurations) {
  const PastTests past{{"a", {microseconds(1), true}}};

  EXPECT_EQ(digest_of(past), digest_of({{"a", {microseconds(1), false}}}));
  EXPECT_NE(digest_of(past), digest_of({{"a", {microseconds(2), true}}}));
  EXPECT_NE(digest_of(past), digest_of({{"b", {microseconds(1), true}}}));
  EXPECT_NE(digest_of(past), digest_of({}));
}

}  // namespace
}  // namespace harness
