#include "harness/run/llm_link.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

TEST(Calls, AreReadAsAPersonReadsThem) {
  const auto calls =
      parse_calls(R"({"calls": [{"seq": 1, "endpoint": "chat.completions", "model": "gpt-4o-mini",
      "request": {"messages": [{"role": "system", "content": "be brief"}, {"role": "user", "content": "hello"}]},
      "outcome": "fixture", "source": "fixtures/a.yaml#greets", "status": 200,
      "reply": {"text": null, "tool_calls": [{"name": "get_weather", "arguments": {"city": "Oslo"}}]}}]})");

  ASSERT_TRUE(calls);
  EXPECT_EQ(calls->total, 1);
  EXPECT_EQ(calls->misses, 0);
  EXPECT_EQ(calls->calls[0].asked, "hello");
  EXPECT_EQ(calls->calls[0].answered, R"(get_weather{"city":"Oslo"})");
  EXPECT_EQ(calls->calls[0].source, "fixtures/a.yaml#greets");
}

TEST(Calls, OfAMissNameTheNearestFixtureAndTheDifference) {
  const auto calls = parse_calls(R"({"calls": [{"outcome": "miss", "status": 404,
      "request": {"messages": [{"role": "user", "content": [{"type": "text", "text": "weather in Rome"}]}]},
      "nearest": [{"fixture": "fixtures/weather.yaml#asks", "score": 0.8, "differences": [
          {"field": "messages[-1].text", "expected": "contains 'weather in Oslo'", "actual": "weather in Rome"}]}]}]})");

  ASSERT_TRUE(calls);
  EXPECT_EQ(calls->misses, 1);
  EXPECT_THAT(
      calls->calls[0].nearest,
      ElementsAre(
          "fixtures/weather.yaml#asks: messages[-1].text should contain 'weather in Oslo', got "
          "'weather in Rome'"));
  EXPECT_THAT(calls->calls[0].suggestion, HasSubstr("user: \"weather in Rome\""));
}

TEST(Calls, AreCountedAllAndShownUpToALimit) {
  std::string text = R"({"calls": [)";
  for (int i = 0; i < 200; ++i) {
    text += R"({"outcome": "fixture"},)";
  }
  const auto calls = parse_calls(text + R"({"outcome": "miss", "seq": 201}]})");

  ASSERT_TRUE(calls);
  EXPECT_EQ(calls->total, 201);
  EXPECT_EQ(calls->misses, 1);
  EXPECT_LT(calls->calls.size(), 60U);
  EXPECT_EQ(calls->calls.back().outcome, "miss");
}

TEST(Calls, OfAStrangeShapeAreNoReasonToFall) {
  EXPECT_TRUE(parse_calls(
      R"({"calls": [3, null, {"request": [], "reply": "x", "nearest": {}}, {"request": null}]})"));
  EXPECT_FALSE(parse_calls("nope"));
  EXPECT_FALSE(parse_calls("{}"));
}

}  // namespace
}  // namespace harness
