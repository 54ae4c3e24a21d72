// What makes two answers of the service differ in name only: ids, creation time, fingerprint. All
// from a seed, so that two runs give the same bytes.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "mockllm/wire/protocol.h"

namespace mockllm::openai {

void append_completion_id(std::string& out, Identity identity);  // chatcmpl-<29 letters and digits>
// call_<24 letters and digits>, one for each call of each choice.
void append_call_id(std::string& out, Identity identity, int choice, int index);
// Seconds since 1970, some time in 2026.
[[nodiscard]] std::int64_t created(Identity identity);
// fp_<10 hex digits>: the service's are constant for a model.
void append_fingerprint(std::string& out, std::string_view model);

}  // namespace mockllm::openai
