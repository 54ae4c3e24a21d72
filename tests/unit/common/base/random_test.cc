#include "common/base/random.h"

#include <gtest/gtest.h>

#include <bit>
#include <map>
#include <set>
#include <string>

namespace base {
namespace {

TEST(SeededRandom, GivesTheSameStreamForTheSameSeed) {
  SeededRandom a(42);
  SeededRandom b(42);
  SeededRandom c(43);

  std::string first;
  std::string second;
  std::string third;
  a.append(first, 40, "abcdefgh");
  b.append(second, 40, "abcdefgh");
  c.append(third, 40, "abcdefgh");

  EXPECT_EQ(first, second);
  EXPECT_NE(first, third);
}

// The published stream of splitmix64 for seed 1234567: what another machine must also get.
TEST(SeededRandom, IsSplitmix64) {
  SeededRandom random(1234567);

  EXPECT_EQ(random.next(), 6457827717110365317U);
  EXPECT_EQ(random.next(), 3203168211198807973U);
}

TEST(SeededRandom, StaysBelowItsLimit) {
  SeededRandom random(7);
  std::set<std::uint64_t> seen;
  for (int i = 0; i < 1'000; ++i) {
    seen.insert(random.below(5));
  }

  EXPECT_EQ(seen, (std::set<std::uint64_t>{0, 1, 2, 3, 4}));
}

TEST(SeededRandom, AppendsEveryCharacterOfTheAlphabetAboutAsOften) {
  SeededRandom random(11);
  std::string text;
  random.append(text, 62'000, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");
  std::map<char, int> counts;
  for (const char c : text) {
    ++counts[c];
  }

  EXPECT_EQ(counts.size(), 62U);
  for (const auto& [c, count] : counts) {
    EXPECT_NEAR(count, 1'000, 200) << c;
  }
}

TEST(Mix, ChangesHalfOfTheBitsWhenOneChanges) {
  for (std::uint64_t bit = 0; bit < 64; ++bit) {
    int changed = 0;
    for (std::uint64_t i = 0; i < 64; ++i) {
      const std::uint64_t flip = std::uint64_t{1} << bit;
      changed += std::popcount(mix(i, 7) ^ mix(i ^ flip, 7));
      changed += std::popcount(mix(7, i) ^ mix(7, i ^ flip));
    }
    EXPECT_NEAR(changed / 128.0, 32, 3) << bit;
  }
}

TEST(Mix, DependsOnBothPartsAndTheirOrder) {
  EXPECT_NE(mix(1, 2), mix(2, 1));
  EXPECT_NE(mix(1, 2), mix(1, 3));
  EXPECT_EQ(mix(1, 2), mix(1, 2));
}

TEST(RandomToken, IsNewEachTime) {
  EXPECT_EQ(random_token(16).size(), 32U);
  EXPECT_NE(random_token(16), random_token(16));
}

}  // namespace
}  // namespace base
