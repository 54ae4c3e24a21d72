// Reads what the service said, for the journal of a recorded or passed-on call. Lenient: what
// cannot be read is left out, since the bytes themselves are what counts.
#pragma once

#include <optional>
#include <string_view>

#include "mockllm/conversation/reply.h"

namespace mockllm::openai {

// A chat.completion object. nullopt: it is none.
std::optional<Reply> read_completion(std::string_view body);

// The chunks of a stream, put together. nullopt: there is none.
std::optional<Reply> read_chunks(std::string_view body);

}  // namespace mockllm::openai
