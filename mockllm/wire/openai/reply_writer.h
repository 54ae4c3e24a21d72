// Writes a Reply as one chat.completion object, and the parts that a stream's chunks share with it.
#pragma once

#include <string>
#include <string_view>

#include "mockllm/conversation/reply.h"
#include "mockllm/wire/protocol.h"

namespace mockllm::openai {

void append_completion(std::string& out, std::string_view model, const Reply& reply,
                       const Usage& usage, Identity identity);

// The whole usage object, with its details.
void append_usage(std::string& out, const Usage& usage);
void append_nullable(std::string& out, const std::optional<std::string>& text);
// The fixture's word, or what follows from what is said.
[[nodiscard]] std::string_view finish_reason_of(const ReplyChoice& choice);
// {"id":...,"type":"function","function":{"name":...,"arguments":<arguments>}} without the first
// brace.
void append_call(std::string& out, const ToolCall& call, std::string_view arguments,
                 Identity identity, int choice, int index);

}  // namespace mockllm::openai
