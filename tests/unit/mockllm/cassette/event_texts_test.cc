#include "mockllm/cassette/event_texts.h"

#include <gtest/gtest.h>

namespace mockllm {
namespace {

std::string joined(const std::vector<EventText>& texts) {
  std::string all;
  for (const EventText& text : texts) {
    all += text.text;
  }
  return all;
}

TEST(TextsOfEvents, ArePutTogetherByTheirPlace) {
  const auto texts = texts_of_events(
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hel\"}}]}\n\n"
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"lo\"}}]}\n\n"
      "data: [DONE]\n\n");

  ASSERT_TRUE(texts.contains("/choices/0/delta/content"));
  EXPECT_EQ(joined(texts.at("/choices/0/delta/content")), "Hello");
}

TEST(TextsOfEvents, TellParallelCallsApartByTheirIndex) {
  const auto texts = texts_of_events(
      "data: {\"t\":[{\"index\":1,\"a\":\"one\"}]}\ndata: {\"t\":[{\"index\":0,\"a\":\"null\"}]}\n"
      "data: {\"t\":[{\"index\":1,\"a\":\" two\"}]}\n");

  EXPECT_EQ(joined(texts.at("/t/1/a")), "one two");
  EXPECT_EQ(joined(texts.at("/t/0/a")), "null");
}

TEST(TextsOfEvents, KnowTheirTokens) {
  const std::string stream = "data: {\"a\" : \"x\\n\\\"\\u0041\\u0001y\"}\r\n";
  const auto texts = texts_of_events(stream);

  const EventText& text = texts.at("/a").front();
  EXPECT_EQ(text.text, "x\n\"A\x01y");
  EXPECT_EQ(stream.substr(text.begin, text.end - text.begin), "\"x\\n\\\"\\u0041\\u0001y\"");
}

TEST(TextsOfEvents, CountTheElementsOfPlainLists) {
  const auto texts = texts_of_events("data: {\"l\":[\"a\",[\"b\",{}],3,\"c\"],\"n\":null}\n");
  EXPECT_EQ(joined(texts.at("/l/0")), "a");
  EXPECT_EQ(joined(texts.at("/l/1/0")), "b");
  EXPECT_EQ(joined(texts.at("/l/3")), "c");
}

TEST(TextsOfEvents, AreNoneWhereEventsAreNotJson) {
  EXPECT_TRUE(texts_of_events("data: {\"a\":\"b\"\ndata: hello\n: \"c\"\n{\"d\":\"e\"}\n").empty());
  EXPECT_TRUE(texts_of_events("data: " + std::string(1'000'000, '[') + "\n").empty());
  EXPECT_TRUE(texts_of_events("").empty());
}

}  // namespace
}  // namespace mockllm
