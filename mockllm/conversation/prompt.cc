#include "mockllm/conversation/prompt.h"

#include <algorithm>
#include <array>

namespace mockllm {
namespace {

struct EndpointName {
  Endpoint endpoint;
  std::string_view name;
  std::string_view journal_name;
};

constexpr std::array<EndpointName, 6> kEndpointNames = {{
    {Endpoint::kChat, "chat", "chat.completions"},
    {Endpoint::kResponses, "responses", "responses"},
    {Endpoint::kCompletions, "completions", "completions"},
    {Endpoint::kEmbeddings, "embeddings", "embeddings"},
    {Endpoint::kMessages, "messages", "messages"},
    {Endpoint::kModels, "models", "models"},
}};

struct RoleName {
  Role role;
  std::string_view name;
};

constexpr std::array<RoleName, 5> kRoleNames = {{
    {Role::kSystem, "system"},
    {Role::kDeveloper, "developer"},
    {Role::kUser, "user"},
    {Role::kAssistant, "assistant"},
    {Role::kTool, "tool"},
}};

}  // namespace

std::string_view name_of(Endpoint endpoint) {
  return kEndpointNames[static_cast<std::size_t>(endpoint)].name;
}

std::string_view journal_name_of(Endpoint endpoint) {
  return kEndpointNames[static_cast<std::size_t>(endpoint)].journal_name;
}

std::optional<Endpoint> endpoint_named(std::string_view name) {
  for (const EndpointName& entry : kEndpointNames) {
    if (entry.name == name) {
      return entry.endpoint;
    }
  }
  return std::nullopt;
}

std::string_view name_of(Role role) {
  return kRoleNames[static_cast<std::size_t>(role)].name;
}

std::optional<Role> role_named(std::string_view name) {
  for (const RoleName& entry : kRoleNames) {
    if (entry.name == name) {
      return entry.role;
    }
  }
  return std::nullopt;
}

const MessageView* Prompt::last(Role role) const {
  const auto found = std::find_if(messages.rbegin(), messages.rend(),
                                  [&](const MessageView& message) { return message.role == role; });
  return found == messages.rend() ? nullptr : &*found;
}

int Prompt::turn() const {
  return static_cast<int>(
      std::count_if(messages.begin(), messages.end(),
                    [](const MessageView& message) { return message.role == Role::kAssistant; }));
}

std::string Prompt::system_text() const {
  std::string text;
  bool first = true;
  for (const MessageView& message : messages) {
    if (message.role == Role::kSystem || message.role == Role::kDeveloper) {
      text += first ? "" : "\n";
      text += message.text;
      first = false;
    }
  }
  return text;
}

std::string_view Prompt::tool_of(const MessageView& message) const {
  for (const MessageView* before = &message; before != messages.data(); --before) {
    for (const ToolCallView& call : before[-1].tool_calls) {
      if (call.id == message.tool_call_id) {
        return call.name;
      }
    }
  }
  return {};
}

std::span<const MessageView> Prompt::new_tool_results() const {
  const auto first =
      std::find_if(messages.rbegin(), messages.rend(), [](const MessageView& message) {
        return message.role != Role::kTool;
      }).base();
  return {first, messages.end()};
}

}  // namespace mockllm
