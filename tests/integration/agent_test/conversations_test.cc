// What the deck agent keeps in PostgreSQL of what was said.
#include <gmock/gmock.h>

#include <string>

#include "tests/integration/agent_test/deck.h"
#include "tests/integration/agent_test/neighbours.h"

namespace agent_test {
namespace {

TEST(DeckConversation, IsKeptInTheDatabase) {
  const Answer answer = Deck().ask("Where is OOLU6631284?");
  const std::string id = answer.text("conversation_id");

  const pqxx::row row = query_row(
      "SELECT count(*), max(content) FILTER (WHERE role = 'assistant')"
      " FROM messages WHERE conversation_id = $1::uuid",
      id);
  EXPECT_EQ(row[0].as<int>(), 2);
  EXPECT_EQ(row[1].as<std::string>(), answer.text("answer"));
  EXPECT_EQ(Deck().conversation(id).tool_calls(), answer.tool_calls());
}

TEST(DeckConversation, CarriesOnWithAFollowUp) {
  Deck deck;
  const std::string id = deck.ask("Where is OOLU6631284?").text("conversation_id");

  const Answer second = deck.ask("How heavy is it?", {{"conversation_id", id}});

  EXPECT_EQ(second.text("answer"), "OOLU6631284 weighs 12,050 kg.");
}

}  // namespace
}  // namespace agent_test
