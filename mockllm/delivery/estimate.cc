#include <algorithm>
#include <cstddef>

#include "mockllm/delivery/timeline.h"

namespace mockllm {
namespace {

constexpr std::size_t kBytesPerToken = 4;

std::int64_t tokens(std::size_t bytes) {
  return static_cast<std::int64_t>(std::max<std::size_t>(1, bytes / kBytesPerToken));
}

std::size_t bytes_of(const std::optional<std::string>& text) {
  return text ? text->size() : 0;
}

std::size_t bytes_asked(const Prompt& prompt) {
  std::size_t bytes = 0;
  for (const MessageView& message : prompt.messages) {
    bytes += message.text.size() + message.name.size();
    for (const ToolCallView& call : message.tool_calls) {
      bytes += call.name.size() + call.arguments.size();
    }
  }
  for (const ToolView& tool : prompt.tools) {
    bytes += tool.name.size() + tool.parameters.size();
  }
  return bytes;
}

}  // namespace

Usage estimate_usage(const Prompt& prompt, const Reply& reply) {
  std::size_t said = 0;
  std::size_t thought = 0;
  for (const ReplyChoice& choice : reply.choices) {
    said += bytes_of(choice.text) + bytes_of(choice.refusal);
    thought += bytes_of(choice.reasoning);
    for (const ToolCall& call : choice.tool_calls) {
      said += call.name.size() + call.arguments.size();
    }
  }
  Usage usage;
  usage.input = tokens(bytes_asked(prompt));
  usage.output = tokens(said + thought);
  usage.reasoning = static_cast<std::int64_t>(thought / kBytesPerToken);
  return usage;
}

}  // namespace mockllm
