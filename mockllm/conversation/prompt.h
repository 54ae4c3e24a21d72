// conversation: what was asked and what is said, in no vendor's words. Values only.
//
// wire turns bytes into a Prompt and a Reply into bytes; everything between speaks these.
// May include: common/base.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mockllm {

enum class Endpoint { kChat, kResponses, kCompletions, kEmbeddings, kMessages, kModels };
std::string_view name_of(Endpoint endpoint);  // "chat": a fixture's `endpoint`
std::optional<Endpoint> endpoint_named(std::string_view name);
std::string_view journal_name_of(Endpoint endpoint);  // "chat.completions": a journal's

enum class Role { kSystem, kDeveloper, kUser, kAssistant, kTool };
std::string_view name_of(Role role);  // "user"
std::optional<Role> role_named(std::string_view name);

// The views of a Prompt point into the decoder's buffers and into the request's body: they live
// until the next decode() of the same decoder. Nothing on the path of a request copies them.
struct ToolCallView {
  std::string_view id;
  std::string_view name;
  std::string_view arguments;  // JSON text, as sent
};

struct MessageView {
  Role role = Role::kUser;
  std::string_view text;  // the text parts joined; empty where none
  std::string_view name;
  std::string_view tool_call_id;  // of a tool's result
  std::vector<ToolCallView> tool_calls;
  std::uint64_t hash = 0;  // of the message's canonical JSON
};

struct ToolView {
  std::string_view name;
  std::string_view parameters;  // JSON Schema text, empty where none
};

enum class ToolChoice { kAuto, kNone, kRequired, kNamed };

struct Prompt {
  Endpoint endpoint = Endpoint::kChat;
  std::string_view model;
  std::vector<MessageView> messages;
  std::vector<ToolView> tools;
  ToolChoice tool_choice = ToolChoice::kAuto;
  std::string_view tool_choice_name;      // of kNamed
  std::string_view response_format;       // its JSON text, empty where none
  std::string_view response_format_type;  // "text", "json_object", "json_schema"
  int choices = 1;                        // n
  bool stream = false;
  bool include_usage = false;  // a usage chunk at the end of the stream
  std::string_view raw;        // the whole request body

  // 64 bits over the canonical JSON of the whole request: equal for two spellings of the same value
  // (order of keys, white space, escapes). Picks the ordinal; never shown.
  std::uint64_t canonical_hash = 0;

  // Derived, and so not stored: the last message of the role, nullptr where none.
  [[nodiscard]] const MessageView* last(Role role) const;
  // Assistant messages so far.
  [[nodiscard]] int turn() const;
  // The system and developer texts, one per line.
  [[nodiscard]] std::string system_text() const;
  // The name of the tool whose call `message` answers: of the newest call with its tool_call_id;
  // empty where there is none. `message` is one of `messages`.
  [[nodiscard]] std::string_view tool_of(const MessageView& message) const;
  // The tools' results that the model has not seen yet: the messages of role tool at the very end.
  [[nodiscard]] std::span<const MessageView> new_tool_results() const;
};

}  // namespace mockllm
