#include "mockllm/wire/openai/field_errors.h"

#include "common/base/text.h"

namespace mockllm::openai {
namespace {

WireError invalid(std::string message) {
  WireError error;
  error.message = std::move(message);
  return error;
}

WireError invalid(std::string message, std::string_view param, std::string_view code) {
  WireError error = invalid(std::move(message));
  error.param = std::string(param);
  error.code = std::string(code);
  return error;
}

std::string in_quotes(std::string_view text) {
  return "'" + std::string(text) + "'";
}

// What the service says where an error of a fixture names no type.
std::string_view usual_type(const WireError& error) {
  if (error.code == "insufficient_quota") {
    return "insufficient_quota";
  }
  if (error.status == 429) {
    return "requests";
  }
  return error.status >= 500 ? "server_error" : "invalid_request_error";
}

void append_nullable(std::string& out, const std::optional<std::string>& text) {
  if (text.has_value()) {
    base::append_json_quoted(out, *text);
  } else {
    out += "null";
  }
}

}  // namespace

WireError bad_json() {
  return invalid(
      "We could not parse the JSON body of your request. (HINT: This likely means you aren't using "
      "your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was "
      "not valid JSON. If you have trouble figuring out how to fix this, please contact us through "
      "our help center at help.openai.com.)");
}

WireError nested_too_deep(std::size_t depth_max) {
  return invalid("Invalid body: objects and arrays are nested deeper than " +
                 std::to_string(depth_max) + " levels.");
}

WireError missing_model() {
  return invalid("you must provide a model parameter");
}

WireError missing_parameter(std::string_view path) {
  return invalid("Missing required parameter: " + in_quotes(path) + ".", path,
                 "missing_required_parameter");
}

WireError wrong_type(std::string_view path, std::string_view expected, std::string_view got) {
  return invalid("Invalid type for " + in_quotes(path) + ": expected " + std::string(expected) +
                     ", but got " + std::string(got) + " instead.",
                 path, "invalid_type");
}

WireError unsupported_value(std::string_view path, std::string_view value,
                            std::string_view supported) {
  constexpr std::size_t kShownBytesMax = 200;
  return invalid("Invalid value: " + in_quotes(base::shortened(value, kShownBytesMax)) +
                     ". Supported values are: " + std::string(supported) + ".",
                 path, "invalid_value");
}

WireError empty_array(std::string_view path) {
  return invalid("Invalid " + in_quotes(path) +
                     ": empty array. Expected an array with minimum length 1, but got an empty "
                     "array instead.",
                 path, "empty_array");
}

WireError array_too_long(std::string_view path, std::size_t most, std::size_t got) {
  return invalid("Invalid " + in_quotes(path) +
                     ": array too long. Expected an array with maximum length " +
                     std::to_string(most) + ", but got an array with length " +
                     std::to_string(got) + " instead.",
                 path, "array_above_max_length");
}

WireError integer_below(std::string_view path, std::int64_t least, std::int64_t got) {
  return invalid("Invalid " + in_quotes(path) +
                     ": integer below minimum value. Expected a value >= " + std::to_string(least) +
                     ", but got " + std::to_string(got) + " instead.",
                 path, "integer_below_min_value");
}

WireError integer_above(std::string_view path, std::int64_t most, std::int64_t got) {
  return invalid("Invalid " + in_quotes(path) +
                     ": integer above maximum value. Expected a value <= " + std::to_string(most) +
                     ", but got " + std::to_string(got) + " instead.",
                 path, "integer_above_max_value");
}

WireError bad_content_part(std::size_t message) {
  const std::string path = "messages[" + std::to_string(message) + "]";
  return invalid("Invalid " + in_quotes(path) +
                     ". Content blocks are expected to be either text or image_url type.",
                 path, "invalid_value");
}

WireError null_content(std::size_t message) {
  WireError error = invalid("Invalid value for 'content': expected a string, got null.");
  error.param = "messages.[" + std::to_string(message) + "].content";
  return error;
}

WireError only_allowed_with(std::string_view parameter, std::string_view needed) {
  WireError error = invalid("The " + in_quotes(parameter) + " parameter is only allowed when " +
                            in_quotes(needed) + " is enabled.");
  error.param = std::string(parameter);
  return error;
}

WireError tool_choice_without_tools() {
  WireError error = invalid(
      "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.");
  error.param = "tool_choice";
  return error;
}

void append_error(const WireError& error, std::string_view members, std::string& out) {
  out += R"({"error":{"message":)";
  base::append_json_quoted(out, error.message);
  out += R"(,"type":)";
  base::append_json_quoted(out, error.type.empty() ? usual_type(error) : error.type);
  out += R"(,"param":)";
  append_nullable(out, error.param);
  out += R"(,"code":)";
  append_nullable(out, error.code);
  out += '}';
  out += members;
  out += '}';
}

}  // namespace mockllm::openai
