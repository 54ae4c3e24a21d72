#include "harness/plan/shards.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <random>
#include <set>

#include "harness/plan/resources.h"

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::int64_t heaviest(const std::vector<std::int64_t>& weights, const std::vector<int>& shards,
                      int count) {
  std::vector<std::int64_t> sums(static_cast<std::size_t>(count));
  for (std::size_t i = 0; i < weights.size(); ++i) {
    sums.at(static_cast<std::size_t>(shards.at(i))) += weights[i];
  }
  return *std::max_element(sums.begin(), sums.end());
}

// Every division there is.
std::int64_t best_of_all(const std::vector<std::int64_t>& weights, int count) {
  std::vector<int> shards(weights.size());
  std::int64_t best = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  for (;;) {
    best = std::min(best, heaviest(weights, shards, count));
    std::size_t i = 0;
    while (i < shards.size() && ++shards[i] == count) {
      shards[i++] = 0;
    }
    if (i == shards.size()) {
      return best;
    }
  }
}

TEST(Divide, FindsWhatLongestFirstMisses) {
  const std::vector<std::int64_t> weights{3'000, 3'000, 2'000, 2'000, 2'000};

  EXPECT_EQ(heaviest(weights, divide(weights, 2), 2), 6'000);
}

TEST(Divide, IsNearTheBestOfAllForFewWeights) {
  std::mt19937_64 random(7);
  for (int round = 0; round < 60; ++round) {
    const int count = 2 + static_cast<int>(random() % 2);
    std::vector<std::int64_t> weights(1 + random() % 8);
    for (std::int64_t& weight : weights) {
      weight = 1 + static_cast<std::int64_t>(random() % 1'000'000);
    }

    const std::int64_t found = heaviest(weights, divide(weights, count), count);

    EXPECT_LE(static_cast<double>(found), 1.05 * static_cast<double>(best_of_all(weights, count)));
  }
}

// No division is below the mean, nor below the heaviest weight.
TEST(Divide, IsNearTheMeanForManyWeights) {
  std::mt19937_64 random(7);
  for (const int count : {2, 7, 50}) {
    std::vector<std::int64_t> weights(2'000);
    for (std::int64_t& weight : weights) {
      const auto magnitude = static_cast<std::int64_t>(1) << (random() % 18);
      weight = magnitude + static_cast<std::int64_t>(random() % 1'000);
    }
    const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
    const std::int64_t floor =
        std::max(sum / count, *std::max_element(weights.begin(), weights.end()));

    const std::int64_t found = heaviest(weights, divide(weights, count), count);

    EXPECT_LE(static_cast<double>(found), 1.05 * static_cast<double>(floor)) << count;
  }
}

TEST(Divide, LeavesShardsEmptyWhereThereIsLittleToDo) {
  EXPECT_THAT(divide({}, 3), IsEmpty());
  EXPECT_THAT(divide({5}, 3), ElementsAre(0));
  EXPECT_EQ(heaviest({5, 5}, divide({5, 5}, 3), 3), 5);
  EXPECT_EQ(divide({0, 0, 0}, 2).size(), 3U);
}

// A plan of many units with resources among them, as chance will have it.
struct Example {
  std::vector<TestCase> tests;
  Config config;
  PastTests past;
};

Example example(std::uint64_t seed) {
  std::mt19937_64 random(seed);
  Example out;
  for (const auto& [name, kind] :
       {std::pair("cpp", SuiteKind::kGoogleTest), std::pair("py", SuiteKind::kPytest)}) {
    SuiteConfig suite;
    suite.name = name;
    suite.kind = kind;
    out.config.suites.push_back(suite);
  }
  for (int i = 0; i < 200; ++i) {
    TestCase test;
    test.suite = i % 2 == 0 ? "cpp" : "py";
    test.name = i % 2 == 0 ? "S.T" + std::to_string(i)
                           : "test_" + std::to_string(i / 5) + ".py::test_" + std::to_string(i);
    test.disabled = random() % 20 == 0;
    if (random() % 8 == 0) {
      test.tags.push_back(std::string(kSerialTag) + "r" + std::to_string(random() % 5));
    }
    if (random() % 4 != 0) {
      out.past[test.id()].duration = std::chrono::microseconds(random() % 1'000'000);
    }
    out.tests.push_back(test);
  }
  return out;
}

TEST(Shards, TakeEachTestOnceAndKeepWhatSharesAResourceTogether) {
  for (std::uint64_t seed = 0; seed < 20; ++seed) {
    const Example it = example(seed);
    const int count = 2 + static_cast<int>(seed % 4);
    std::multiset<std::string> seen;
    std::map<std::string, std::set<int>> places;
    std::set<std::string> digests;
    for (int index = 0; index < count; ++index) {
      const Plan plan =
          make_plan(it.tests, it.config, {.shard = {index, count}, .durations = it.past});
      digests.insert(plan.durations_sha256);
      EXPECT_EQ(plan.selected.size() + plan.elsewhere.size(), it.tests.size());
      for (const TestCase& test : plan.selected) {
        seen.insert(test.id());
      }
      for (const Unit& unit : plan.units) {
        for (const std::string& resource : unit.resources) {
          places[resource].insert(index);
        }
      }
    }

    EXPECT_EQ(seen.size(), it.tests.size());
    EXPECT_EQ(std::set<std::string>(seen.begin(), seen.end()).size(), it.tests.size());
    EXPECT_EQ(digests.size(), 1U);
    for (const auto& [resource, indices] : places) {
      EXPECT_EQ(indices.size(), 1U) << resource;
    }
  }
}

TEST(Shards, AreOfEqualLengthByTheRecord) {
  const Example it = example(3);
  const std::vector<Unit> units = make_plan(it.tests, it.config).units;
  const std::vector<std::int64_t> weights = weights_of(units, it.past);

  const std::vector<int> shards = shards_of(units, it.past, 2);

  const std::int64_t sum = std::accumulate(weights.begin(), weights.end(), std::int64_t{0});
  EXPECT_LE(static_cast<double>(heaviest(weights, shards, 2)), 1.05 * static_cast<double>(sum) / 2);
}

TEST(Shards, KnowWhatTheyWereMadeFrom) {
  Example it = example(3);
  const PlanChoices first{.shard = {0, 2}, .durations = it.past};
  const std::string digest = make_plan(it.tests, it.config, first).durations_sha256;

  it.past["gone/test"].duration = std::chrono::seconds(9);
  PlanChoices more = first;
  more.durations = it.past;
  EXPECT_EQ(make_plan(it.tests, it.config, more).durations_sha256, digest)
      << "a test that is not there changes nothing";

  more.durations.begin()->second.duration += std::chrono::microseconds(1);
  EXPECT_NE(make_plan(it.tests, it.config, more).durations_sha256, digest);
  EXPECT_EQ(make_plan(it.tests, it.config, {.shard = {0, 2}}).durations_sha256, "");
  EXPECT_EQ(make_plan(it.tests, it.config, {.durations = it.past}).durations_sha256, "");
}

}  // namespace
}  // namespace harness
