#include "mockllm/serve/miss.h"

#include <gtest/gtest.h>

#include <nlohmann/json.hpp>

namespace mockllm {
namespace {

using nlohmann::json;

MissAnswer sample() {
  MissAnswer miss;
  miss.nearest.push_back(
      {"fixtures/weather.yaml#asks for the weather tool",
       0.8,
       {{"messages[-1].text", "contains 'weather in Oslo'", "weather in Rome"}}});
  miss.suggestion = "drydock: fixtures/v1\n";
  return miss;
}

// The words of contracts 4.
TEST(AMiss, NamesTheNearestFixtureAndTheDifference) {
  const WireError error = miss_error(sample());

  EXPECT_EQ(error.status, 404);
  EXPECT_EQ(error.type, "invalid_request_error");
  EXPECT_EQ(error.code, "no_fixture_match");
  EXPECT_EQ(error.param, std::nullopt);
  EXPECT_EQ(error.message,
            "no fixture matches; nearest fixtures/weather.yaml#asks for the weather tool: "
            "messages[-1].text should contain 'weather in Oslo', got 'weather in Rome'");
}

TEST(AMiss, SaysThatThereAreNoFixtures) {
  EXPECT_EQ(miss_error({}).message, "no fixture matches: there are none");
}

TEST(AMiss, IsToldWholeBesideTheError) {
  const std::string members = miss_members(sample(), "r1.weather.1");

  EXPECT_EQ(json::parse("{\"error\":{}" + members + "}")["mockllm"], json::parse(R"({
    "session":"r1.weather.1","nearest":[{"fixture":"fixtures/weather.yaml#asks for the weather tool",
    "score":0.8,"differences":[{"field":"messages[-1].text","expected":"contains 'weather in Oslo'",
    "actual":"weather in Rome"}]}],"fixture":"drydock: fixtures/v1\n"})"));
}

TEST(AMiss, RoundsItsScores) {
  MissAnswer miss = sample();
  miss.nearest[0].score = 2.0 / 3;

  EXPECT_NE(miss_members(miss, "s").find(R"("score":0.67,)"), std::string::npos);
}

TEST(AMiss, GoesIntoTheJournalWithItsDifferences) {
  const std::vector<NearestEntry> entries = journal_entries(sample());

  ASSERT_EQ(entries.size(), 1U);
  EXPECT_EQ(entries[0].fixture, "fixtures/weather.yaml#asks for the weather tool");
  ASSERT_EQ(entries[0].differences.size(), 1U);
  EXPECT_EQ(entries[0].differences[0].actual, "weather in Rome");
}

}  // namespace
}  // namespace mockllm
