// What the deck agent answers: from PostgreSQL, from Redis, in pieces, and when the model fails.
#include <gmock/gmock.h>

#include <string>
#include <vector>

#include "drydock/gtest.h"
#include "tests/integration/agent_test/deck.h"
#include "tests/integration/agent_test/neighbours.h"

namespace agent_test {
namespace {

using testing::HasSubstr;
using testing::SizeIs;
using testing::StartsWith;

TEST(DeckAgent, IsWellWhenItsNeighboursAre) {
  const Answer answer = Deck().health();

  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, (nlohmann::json{{"postgres", "ok"}, {"redis", "ok"}}));
}

TEST(DeckAgent, FindsAContainerInTheDatabase) {
  const pqxx::row row =
      query_row("SELECT vessel, bay FROM containers WHERE number = $1", "MSKU4711083");

  const Answer answer = Deck().ask("Where is container MSKU4711083?");

  ASSERT_THAT(answer.tool_calls(), SizeIs(1));
  EXPECT_EQ(answer.tool_calls()[0]["name"], "locate_container");
  const std::vector<drydock::LlmCall> calls = drydock::Llm().calls();
  ASSERT_THAT(calls, SizeIs(2));
  EXPECT_EQ(calls[0].tool_calls, std::vector<std::string>{"locate_container"});
  EXPECT_EQ(calls[1].text, answer.text("answer"));
  EXPECT_THAT(answer.text("answer"), HasSubstr("on the " + row[0].as<std::string>() + " in bay " +
                                               row[1].as<std::string>()));
}

// Nobody measures on the roads, so what the model tells of them can only come from Redis.
TEST(DeckAgent, BelievesTheCachedConditions) {
  const nlohmann::json gale = {
      {"berth", "Roads"}, {"wind_knots", 51}, {"swell_cm", 310}, {"lifting", "suspended"}};
  Cache cache;
  cache.set("deck:conditions:Roads", gale.dump(), 60);

  const Answer answer = Deck().ask("How is the weather on the roads?");
  cache.remove("deck:conditions:Roads");

  ASSERT_THAT(answer.tool_calls(), SizeIs(1));
  EXPECT_EQ(answer.tool_calls()[0]["cached"], true);
  EXPECT_EQ(answer.tool_calls()[0]["result"], gale);
  EXPECT_EQ(answer.text("answer"), "A gale of 51 knots on the roads. Nothing is lifted.");
}

TEST(DeckAgent, StreamsItsAnswerInPieces) {
  const std::vector<Event> events = Deck().stream("How is the swell at South 2?");

  std::string text;
  int pieces = 0;
  for (const Event& event : events) {
    if (event.name == "text") {
      text += event.data.value("text", "");
      ++pieces;
    }
  }
  ASSERT_FALSE(events.empty());
  EXPECT_EQ(events.back().name, "answer");
  EXPECT_GT(pieces, 1);
  EXPECT_EQ(events.back().data.value("answer", ""), text);
  EXPECT_THAT(text, HasSubstr("95 cm"));
}

TEST(DeckAgent, ApologisesWhenTheModelRefuses) {
  const Answer answer = Deck().ask("Read me the whole manifest");

  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.degraded());
  EXPECT_THAT(answer.text("answer"), StartsWith("I cannot look that up"));
}

TEST(DeckAgent, AsksABusyModelAgain) {
  const Answer answer = Deck().ask("Hello, deck!");

  EXPECT_FALSE(answer.degraded());
  EXPECT_EQ(answer.text("answer"), "Hello, crew. What can I look up for you?");
}

}  // namespace
}  // namespace agent_test
