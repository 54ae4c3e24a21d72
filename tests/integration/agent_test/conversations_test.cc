// What the deck agent keeps in PostgreSQL of what was said.
#include <gmock/gmock.h>

#include <string>

#include "tests/integration/agent_test/deck.h"

namespace agent_test {
namespace {

TEST(DeckConversation, IsKeptInTheDatabase) {
  const Answer answer = Deck().ask("Where is OOLU6631284?");
  const std::string id = answer.body["conversation_id"];

  const pqxx::row row = query_row(
      "SELECT count(*), count(*) FILTER (WHERE role = 'assistant'), max(content)"
      " FILTER (WHERE role = 'assistant') FROM messages WHERE conversation_id = $1::uuid",
      id);
  EXPECT_EQ(row[0].as<int>(), 2);
  EXPECT_EQ(row[1].as<int>(), 1);
  EXPECT_EQ(row[2].as<std::string>(), answer.body["answer"]);
  EXPECT_EQ(Deck().conversation(id).body["tool_calls"], answer.body["tool_calls"]);
}

TEST(DeckConversation, CarriesOnWithAFollowUp) {
  Deck deck;
  const nlohmann::json first = deck.ask("Where is OOLU6631284?").body;

  const Answer second =
      deck.ask("How heavy is it?", {{"conversation_id", first["conversation_id"]}});

  EXPECT_EQ(second.body["answer"], "OOLU6631284 weighs 12,050 kg.");
}

}  // namespace
}  // namespace agent_test
