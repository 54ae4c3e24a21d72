#include "mockllm/wire/openai/json_fields.h"

namespace mockllm::openai {

using simdjson::dom::element_type;
using Element = simdjson::dom::element;

std::string_view type_of(Element value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return "an array";
    case element_type::OBJECT:
      return "an object";
    case element_type::STRING:
      return "a string";
    case element_type::INT64:
    case element_type::UINT64:
      return "an integer";
    case element_type::DOUBLE:
      return "a decimal";
    case element_type::BOOL:
      return "a boolean";
    default:
      return "null";
  }
}

std::string path_of(std::string_view list, std::size_t index, std::string_view field) {
  std::string path = std::string(list) + "[" + std::to_string(index) + "]";
  if (!field.empty()) {
    path += '.';
    path += field;
  }
  return path;
}

bool read_text(Element value, std::string_view& text) {
  if (value.is_null()) {
    text = {};
    return true;
  }
  return value.get(text) == simdjson::SUCCESS;
}

std::string_view text_at(Element object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

}  // namespace mockllm::openai
