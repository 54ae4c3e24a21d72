#include "mockllm/wire/openai/message_rules.h"

#include <algorithm>
#include <cstddef>

namespace mockllm::openai {
namespace {

constexpr std::size_t kListedBytesMax = 4096;  // of ids in one message

std::string path(std::size_t message, std::string_view field) {
  return "messages.[" + std::to_string(message) + "]." + std::string(field);
}

WireError rule_broken(std::string message, std::string param) {
  WireError error;
  error.message = std::move(message);
  error.param = std::move(param);
  return error;
}

WireError no_call_before(std::size_t message) {
  return rule_broken(
      "Invalid parameter: messages with role 'tool' must be a response to a preceeding message "
      "with 'tool_calls'.",
      path(message, "role"));
}

WireError unknown_call(std::size_t message, std::string_view id) {
  return rule_broken("Invalid parameter: 'tool_call_id' of '" + std::string(id) +
                         "' not found in 'tool_calls' of previous message.",
                     path(message, "tool_call_id"));
}

WireError unanswered(std::size_t assistant, const std::string& ids) {
  return rule_broken(
      "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
      "'tool_call_id'. The following tool_call_ids did not have response messages: " +
          ids,
      path(assistant, "role"));
}

// The tool messages that follow `messages[assistant]` and answer its calls: [assistant + 1, end).
std::size_t end_of_answers(const std::vector<MessageView>& messages, std::size_t assistant) {
  std::size_t end = assistant + 1;
  while (end < messages.size() && messages[end].role == Role::kTool) {
    ++end;
  }
  return end;
}

// A result of the older `function` role has no id and answers by position.
bool has_id(const MessageView& message) {
  return !message.tool_call_id.empty();
}

// Sorted, so that a request of many thousand calls is still checked in no time.
std::vector<std::string_view> sorted(std::vector<std::string_view> ids) {
  std::sort(ids.begin(), ids.end());
  return ids;
}

std::vector<std::string_view> ids_of(const std::vector<ToolCallView>& calls) {
  std::vector<std::string_view> ids;
  ids.reserve(calls.size());
  for (const ToolCallView& call : calls) {
    ids.push_back(call.id);
  }
  return ids;
}

// The ids that are answered, or the error of a message that answers none of `calls`.
std::optional<WireError> check_answers(const std::vector<MessageView>& messages,
                                       std::size_t assistant, std::size_t end) {
  const std::vector<ToolCallView>& calls = messages[assistant].tool_calls;
  const std::vector<std::string_view> known = sorted(ids_of(calls));
  std::vector<std::string_view> answered;
  for (std::size_t i = assistant + 1; i < end; ++i) {
    const std::string_view id = messages[i].tool_call_id;
    if (has_id(messages[i]) && !std::binary_search(known.begin(), known.end(), id)) {
      return unknown_call(i, id);
    }
    answered.push_back(id);
  }
  answered = sorted(std::move(answered));
  std::string open;
  for (const ToolCallView& call : calls) {
    if (open.size() < kListedBytesMax &&
        !std::binary_search(answered.begin(), answered.end(), call.id)) {
      open += open.empty() ? "" : ", ";
      open += call.id;
    }
  }
  return open.empty() ? std::nullopt : std::optional(unanswered(assistant, open));
}

}  // namespace

std::optional<WireError> check_tool_calls(const std::vector<MessageView>& messages) {
  std::size_t i = 0;
  while (i < messages.size()) {
    if (messages[i].role == Role::kTool && has_id(messages[i])) {
      return no_call_before(i);
    }
    if (messages[i].tool_calls.empty()) {
      ++i;
      continue;
    }
    const std::size_t end = end_of_answers(messages, i);
    if (std::optional<WireError> error = check_answers(messages, i, end); error) {
      return error;
    }
    i = end;
  }
  return std::nullopt;
}

}  // namespace mockllm::openai
