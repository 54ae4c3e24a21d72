// The service's own words for a request that is wrong: clients and people search for them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "mockllm/wire/protocol.h"

namespace mockllm::openai {

WireError bad_json();
WireError nested_too_deep(std::size_t depth_max);
WireError missing_model();
// "messages[0].role": how the service writes a path.
WireError missing_parameter(std::string_view path);
// `expected` and `got` with their article: "an array", "a string".
WireError wrong_type(std::string_view path, std::string_view expected, std::string_view got);
// `supported` as the service lists it: "'none', 'auto', and 'required'".
WireError unsupported_value(std::string_view path, std::string_view value,
                            std::string_view supported);
WireError empty_array(std::string_view path);
WireError array_too_long(std::string_view path, std::size_t most, std::size_t got);
WireError integer_below(std::string_view path, std::int64_t least, std::int64_t got);
WireError integer_above(std::string_view path, std::int64_t most, std::int64_t got);
WireError bad_content_part(std::size_t message);
WireError null_content(std::size_t message);
WireError only_allowed_with(std::string_view parameter, std::string_view needed);
WireError tool_choice_without_tools();

// {"error": {...}<members>}; `members` is empty or raw JSON that starts with a comma.
void append_error(const WireError& error, std::string_view members, std::string& out);

}  // namespace mockllm::openai
