#include <array>
#include <utility>

#include "mockllm/wire/openai/canonical_hash.h"
#include "mockllm/wire/openai/field_errors.h"
#include "mockllm/wire/openai/json_fields.h"
#include "mockllm/wire/openai/prompt_reader.h"

namespace mockllm::openai {
namespace {

using Element = simdjson::dom::element;
using Refusal = std::optional<WireError>;

constexpr std::array<std::pair<std::string_view, Role>, 6> kRoles{{
    {"user", Role::kUser},
    {"assistant", Role::kAssistant},
    {"tool", Role::kTool},
    {"system", Role::kSystem},
    {"developer", Role::kDeveloper},
    {"function", Role::kTool},
}};

// The fields of a message in the order in which they are read, which is not the order they came in.
struct MessageFields {
  std::optional<Element> role, content, name, tool_calls, tool_call_id;
};

// Most values are texts; the rest is hashed by a walk of its own.
std::uint64_t hash_of(Element value) {
  std::string_view text;
  return value.get(text) == simdjson::SUCCESS ? base::hash64(text) : canonical_hash(value);
}

// Finds the fields and hashes the whole object in one walk.
MessageFields fields_of(simdjson::dom::object object, std::uint64_t& hash) {
  MessageFields fields;
  ObjectHash all;
  for (const simdjson::dom::key_value_pair field : object) {
    all.add(field.key, hash_of(field.value));
    if (field.key == "role") {
      fields.role = field.value;
    } else if (field.key == "content") {
      fields.content = field.value;
    } else if (field.key == "name") {
      fields.name = field.value;
    } else if (field.key == "tool_calls") {
      fields.tool_calls = field.value;
    } else if (field.key == "tool_call_id") {
      fields.tool_call_id = field.value;
    }
  }
  hash = all.value();
  return fields;
}

bool is_known_part(std::string_view type) {
  return type == "text" || type == "image_url" || type == "input_audio" || type == "file" ||
         type == "refusal";
}

}  // namespace

std::optional<WireError> PromptReader::read_messages(Element value, Prompt& prompt) {
  simdjson::dom::array messages;
  if (value.get(messages) != simdjson::SUCCESS) {
    field_hash_ = canonical_hash(value);
    has_messages_ = !value.is_null();
    return value.is_null() ? std::nullopt
                           : std::optional(wrong_type("messages", "an array", type_of(value)));
  }
  has_messages_ = true;
  if (const std::size_t count = messages.size(); count > kMessagesMax) {
    return array_too_long("messages", kMessagesMax, count);
  }
  prompt.messages.clear();
  prompt.messages.reserve(messages.size());
  ArrayHash hash;
  Refusal first;
  for (const Element item : messages) {
    MessageView& message = prompt.messages.emplace_back();
    Refusal refusal = read_message(prompt.messages.size() - 1, item, message);
    if (refusal && !first) {
      first = std::move(refusal);
    }
    hash.add(message.hash);
  }
  field_hash_ = hash.value();
  if (prompt.messages.empty()) {
    return empty_array("messages");
  }
  return first;
}

std::optional<WireError> PromptReader::read_message(std::size_t index, Element value,
                                                    MessageView& message) {
  simdjson::dom::object object;
  if (value.get(object) != simdjson::SUCCESS) {
    message.hash = canonical_hash(value);
    return wrong_type(path_of("messages", index), "an object", type_of(value));
  }
  const MessageFields fields = fields_of(object, message.hash);
  if (!fields.role) {
    return missing_parameter(path_of("messages", index, "role"));
  }
  if (Refusal refusal = read_role(index, *fields.role, message); refusal) {
    return refusal;
  }
  if (Refusal refusal = read_content(index, fields.content, message); refusal) {
    return refusal;
  }
  if (fields.name) {
    if (!read_text(*fields.name, message.name)) {
      return wrong_type(path_of("messages", index, "name"), "a string", type_of(*fields.name));
    }
  }
  if (fields.tool_calls && message.role == Role::kAssistant) {
    return read_tool_calls(index, *fields.tool_calls, message);
  }
  if (message.role == Role::kTool) {
    return read_tool_call_id(index, fields.role, fields.tool_call_id, message);
  }
  return std::nullopt;
}

std::optional<WireError> PromptReader::read_role(std::size_t index, Element value,
                                                 MessageView& message) {
  std::string_view name;
  if (value.get(name) != simdjson::SUCCESS) {
    return wrong_type(path_of("messages", index, "role"), "a string", type_of(value));
  }
  for (const auto& [known, role] : kRoles) {
    if (known == name) {
      message.role = role;
      return std::nullopt;
    }
  }
  return unsupported_value(path_of("messages", index, "role"), name,
                           "'system', 'assistant', 'user', 'function', 'tool', and 'developer'");
}

std::optional<WireError> PromptReader::read_content(std::size_t index,
                                                    const std::optional<Element>& value,
                                                    MessageView& message) {
  if (!value || value->is_null()) {
    if (message.role == Role::kAssistant) {
      return std::nullopt;  // It called tools, or refused.
    }
    return value ? null_content(index) : missing_parameter(path_of("messages", index, "content"));
  }
  if (value->get(message.text) == simdjson::SUCCESS) {
    return std::nullopt;
  }
  simdjson::dom::array parts;
  if (value->get(parts) != simdjson::SUCCESS) {
    return wrong_type(path_of("messages", index, "content"), "one of a string or array of objects",
                      type_of(*value));
  }
  return read_parts(index, parts, message);
}

std::optional<WireError> PromptReader::read_parts(std::size_t index, simdjson::dom::array parts,
                                                  MessageView& message) {
  std::string* joined = nullptr;  // made for the second text; one alone needs no copy
  bool has_text = false;
  for (const Element part : parts) {
    if (!part.is_object() || !is_known_part(text_at(part, "type"))) {
      return bad_content_part(index);
    }
    std::string_view text;
    if (part["text"].get(text) != simdjson::SUCCESS) {
      if (text_at(part, "type") == "text") {
        return bad_content_part(index);
      }
      continue;
    }
    if (!has_text) {
      message.text = text;
      has_text = true;
      continue;
    }
    if (joined == nullptr) {
      joined = &scratch();
      joined->assign(message.text);
    }
    joined->append(text);
    message.text = *joined;
  }
  return std::nullopt;
}

std::optional<WireError> PromptReader::read_tool_call_id(std::size_t index,
                                                         const std::optional<Element>& role,
                                                         const std::optional<Element>& id,
                                                         MessageView& message) {
  const std::string_view role_name = role->get_string().value_unsafe();
  if (role_name == "function") {
    return std::nullopt;  // The older form has a name and no id.
  }
  if (!id || id->is_null()) {
    return missing_parameter(path_of("messages", index, "tool_call_id"));
  }
  if (!read_text(*id, message.tool_call_id)) {
    return wrong_type(path_of("messages", index, "tool_call_id"), "a string", type_of(*id));
  }
  return std::nullopt;
}

std::optional<WireError> PromptReader::read_tool_calls(std::size_t index, Element value,
                                                       MessageView& message) {
  simdjson::dom::array calls;
  if (value.is_null()) {
    return std::nullopt;
  }
  if (value.get(calls) != simdjson::SUCCESS) {
    return wrong_type(path_of("messages", index, "tool_calls"), "an array", type_of(value));
  }
  message.tool_calls.reserve(calls.size());
  for (const Element item : calls) {
    const std::size_t i = message.tool_calls.size();
    const auto path = [&](std::string_view field) {
      return path_of(path_of("messages", index, "tool_calls"), i, field);
    };
    if (!item.is_object()) {
      return wrong_type(path({}), "an object", type_of(item));
    }
    ToolCallView& call = message.tool_calls.emplace_back();
    call.id = text_at(item, "id");
    Element function;
    const bool custom = item["custom"].get(function) == simdjson::SUCCESS;
    if (!custom && item["function"].get(function) != simdjson::SUCCESS) {
      return missing_parameter(path("function"));
    }
    if (item["id"].error() != simdjson::SUCCESS) {
      return missing_parameter(path("id"));
    }
    if (function["name"].get(call.name) != simdjson::SUCCESS) {
      return missing_parameter(path("function.name"));
    }
    const std::string_view key = custom ? "input" : "arguments";
    if (function[key].get(call.arguments) != simdjson::SUCCESS) {
      return missing_parameter(path("function." + std::string(key)));
    }
  }
  return std::nullopt;
}

}  // namespace mockllm::openai
