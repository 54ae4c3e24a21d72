// Values of a request's JSON as the service names and reads them. For the readers of this room.
#pragma once

#include <simdjson.h>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "mockllm/wire/protocol.h"

namespace mockllm::openai {

// How the service calls the type of a value: "an integer".
std::string_view type_of(simdjson::dom::element value);

// "messages[2].content": made where something is wrong, not on the way of a good request.
std::string path_of(std::string_view list, std::size_t index, std::string_view field = {});

// A field that may be null, and otherwise is a string. False where it is anything else.
bool read_text(simdjson::dom::element value, std::string_view& text);

// The object's string field, empty where there is none of that type.
std::string_view text_at(simdjson::dom::element object, std::string_view key);

}  // namespace mockllm::openai
