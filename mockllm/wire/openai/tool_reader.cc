#include <array>
#include <utility>

#include "mockllm/wire/openai/field_errors.h"
#include "mockllm/wire/openai/json_fields.h"
#include "mockllm/wire/openai/prompt_reader.h"

namespace mockllm::openai {
namespace {

using Element = simdjson::dom::element;
using Refusal = std::optional<WireError>;

// A schema as text, empty where there is none.
std::string text_of(simdjson::simdjson_result<Element> schema) {
  Element value;
  return schema.get(value) == simdjson::SUCCESS && !value.is_null() ? simdjson::minify(value)
                                                                    : std::string();
}

Refusal read_choice_word(std::string_view word, Prompt& prompt) {
  constexpr std::array<std::pair<std::string_view, ToolChoice>, 3> kWords{
      {{"auto", ToolChoice::kAuto},
       {"none", ToolChoice::kNone},
       {"required", ToolChoice::kRequired}}};
  for (const auto& [known, choice] : kWords) {
    if (known == word) {
      prompt.tool_choice = choice;
      return std::nullopt;
    }
  }
  return unsupported_value("tool_choice", word, "'none', 'auto', and 'required'");
}

}  // namespace

std::optional<WireError> PromptReader::read_tools(Element value, Prompt& prompt) {
  simdjson::dom::array tools;
  if (value.is_null()) {
    return std::nullopt;
  }
  if (value.get(tools) != simdjson::SUCCESS) {
    return wrong_type("tools", "an array", type_of(value));
  }
  const std::size_t count = tools.size();
  if (count > kToolsMax) {
    return array_too_long("tools", kToolsMax, count);
  }
  const bool known = tools_hash_ == field_hash_ && schemas_.size() == count;
  schemas_.resize(count);
  tools_hash_ = 0;  // set again when all schemas are there
  prompt.tools.reserve(count);
  for (const Element item : tools) {
    const std::size_t i = prompt.tools.size();
    Element function;
    if (!item.is_object()) {
      return wrong_type(path_of("tools", i), "an object", type_of(item));
    }
    if (item["function"].get(function) != simdjson::SUCCESS &&
        item["custom"].get(function) != simdjson::SUCCESS) {
      return missing_parameter(path_of("tools", i, "function"));
    }
    ToolView& tool = prompt.tools.emplace_back();
    if (function["name"].get(tool.name) != simdjson::SUCCESS) {
      return missing_parameter(path_of("tools", i, "function.name"));
    }
    if (!known) {
      schemas_[i] = text_of(function["parameters"]);
    }
    tool.parameters = schemas_[i];
  }
  tools_hash_ = field_hash_;
  return std::nullopt;
}

std::optional<WireError> PromptReader::read_tool_choice(Element value, Prompt& prompt) {
  if (value.is_null()) {
    return std::nullopt;
  }
  has_tool_choice_ = true;
  std::string_view word;
  if (value.get(word) == simdjson::SUCCESS) {
    return read_choice_word(word, prompt);
  }
  if (!value.is_object()) {
    return wrong_type("tool_choice", "one of a string or an object", type_of(value));
  }
  Element target;
  if (value["allowed_tools"].get(target) == simdjson::SUCCESS) {
    return read_choice_word(text_at(target, "mode"), prompt);
  }
  if (value["function"].get(target) != simdjson::SUCCESS &&
      value["custom"].get(target) != simdjson::SUCCESS) {
    return missing_parameter("tool_choice.function");
  }
  if (target["name"].get(prompt.tool_choice_name) != simdjson::SUCCESS) {
    return missing_parameter("tool_choice.function.name");
  }
  prompt.tool_choice = ToolChoice::kNamed;
  return std::nullopt;
}

}  // namespace mockllm::openai
