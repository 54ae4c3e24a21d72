#include "mockllm/conversation/prompt.h"

#include <gtest/gtest.h>

namespace mockllm {
namespace {

MessageView message(Role role, std::string_view text) {
  MessageView view;
  view.role = role;
  view.text = text;
  return view;
}

MessageView calls(std::vector<ToolCallView> tool_calls) {
  MessageView view = message(Role::kAssistant, "");
  view.tool_calls = std::move(tool_calls);
  return view;
}

MessageView result_of(std::string_view id, std::string_view text) {
  MessageView view = message(Role::kTool, text);
  view.tool_call_id = id;
  return view;
}

TEST(EndpointNames, AreReadAsTheyAreWritten) {
  for (const Endpoint endpoint : {Endpoint::kChat, Endpoint::kResponses, Endpoint::kCompletions,
                                  Endpoint::kEmbeddings, Endpoint::kMessages, Endpoint::kModels}) {
    EXPECT_EQ(endpoint_named(name_of(endpoint)), endpoint);
  }
  EXPECT_EQ(name_of(Endpoint::kChat), "chat");
  EXPECT_EQ(journal_name_of(Endpoint::kChat), "chat.completions");
  EXPECT_EQ(endpoint_named("Chat"), std::nullopt);
}

TEST(RoleNames, AreReadAsTheyAreWritten) {
  for (const Role role :
       {Role::kSystem, Role::kDeveloper, Role::kUser, Role::kAssistant, Role::kTool}) {
    EXPECT_EQ(role_named(name_of(role)), role);
  }
  EXPECT_EQ(role_named("robot"), std::nullopt);
}

TEST(EmptyPrompt, HasNothing) {
  const Prompt prompt;

  EXPECT_EQ(prompt.last(Role::kUser), nullptr);
  EXPECT_EQ(prompt.turn(), 0);
  EXPECT_EQ(prompt.system_text(), "");
  EXPECT_TRUE(prompt.new_tool_results().empty());
}

TEST(Prompt, FindsTheLastMessageOfARole) {
  Prompt prompt;
  prompt.messages = {message(Role::kUser, "one"), message(Role::kUser, "two"),
                     message(Role::kAssistant, "three")};

  EXPECT_EQ(prompt.last(Role::kUser)->text, "two");
  EXPECT_EQ(prompt.last(Role::kTool), nullptr);
}

TEST(Prompt, CountsAssistantMessagesAsTurns) {
  Prompt prompt;
  prompt.messages = {message(Role::kUser, "a"), message(Role::kAssistant, "b"),
                     message(Role::kUser, "c"), message(Role::kAssistant, "d"),
                     message(Role::kTool, "e")};

  EXPECT_EQ(prompt.turn(), 2);
}

TEST(Prompt, JoinsSystemAndDeveloperTextsByLines) {
  Prompt prompt;
  prompt.messages = {message(Role::kSystem, "be brief"), message(Role::kUser, "hi"),
                     message(Role::kDeveloper, "be kind")};

  EXPECT_EQ(prompt.system_text(), "be brief\nbe kind");
}

TEST(Prompt, NamesTheToolOfAResultByTheNewestCallWithItsId) {
  Prompt prompt;
  prompt.messages = {calls({{"c1", "old", "{}"}}),
                     result_of("c1", "first"),
                     calls({{"c1", "weather", "{}"}, {"c2", "time", "{}"}}),
                     result_of("c1", "12"),
                     result_of("c2", "noon"),
                     result_of("c3", "lost")};

  EXPECT_EQ(prompt.tool_of(prompt.messages[1]), "old");
  EXPECT_EQ(prompt.tool_of(prompt.messages[3]), "weather");
  EXPECT_EQ(prompt.tool_of(prompt.messages[4]), "time");
  EXPECT_EQ(prompt.tool_of(prompt.messages[5]), "");
}

TEST(Prompt, GivesOnlyTheToolResultsAtItsEnd) {
  Prompt prompt;
  prompt.messages = {result_of("c1", "old"), message(Role::kAssistant, "x"), result_of("c2", "new"),
                     result_of("c3", "newer")};

  ASSERT_EQ(prompt.new_tool_results().size(), 2U);
  EXPECT_EQ(prompt.new_tool_results()[0].text, "new");

  prompt.messages.push_back(message(Role::kUser, "and?"));
  EXPECT_TRUE(prompt.new_tool_results().empty());
}

}  // namespace
}  // namespace mockllm
