// What a person who reviews a recording wants to see of a request and of its answer: YAML, cut
// short.
#pragma once

#include <string>
#include <string_view>

#include "mockllm/conversation/reply.h"

namespace mockllm {

// "    request: ..." from the redacted JSON of a request. For people only: a replay does not read
// it.
void append_request_summary(std::string& yaml, std::string_view request);

// "    reply: ..."; nothing where it is null. What was read from a file is written as it was.
void append_reply_summary(std::string& yaml, const Reply* reply);

}  // namespace mockllm
