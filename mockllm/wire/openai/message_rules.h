// What must hold between the messages of one request: every tool message answers a call of the
// assistant message before it, and every call is answered.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "mockllm/conversation/prompt.h"
#include "mockllm/wire/protocol.h"

namespace mockllm::openai {

// nullopt: they hold.
std::optional<WireError> check_tool_calls(const std::vector<MessageView>& messages);

}  // namespace mockllm::openai
