#include "mockllm/wire/openai/prompt_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mockllm/wire/openai/canonical_hash.h"
#include "mockllm/wire/openai/field_errors.h"
#include "mockllm/wire/openai/message_rules.h"

namespace mockllm::openai {
namespace {

using simdjson::dom::element_type;
using Element = simdjson::dom::element;
using Refusal = std::optional<WireError>;

// How the service calls the type of a value.
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

bool is_integer(Element value) {
  return value.is_int64() || value.is_uint64();
}

bool is_decimal(Element value) {
  return is_integer(value) || value.is_double();
}

// Fields that the mock takes but does not act on: their types are checked, as the service does.
struct ScalarRule {
  std::string_view key;
  bool (*fits)(Element);
  std::string_view expected;
};

constexpr std::array<ScalarRule, 11> kScalars{{
    {"temperature", is_decimal, "a decimal"},
    {"top_p", is_decimal, "a decimal"},
    {"presence_penalty", is_decimal, "a decimal"},
    {"frequency_penalty", is_decimal, "a decimal"},
    {"max_tokens", is_integer, "an integer"},
    {"max_completion_tokens", is_integer, "an integer"},
    {"seed", is_integer, "an integer"},
    {"top_logprobs", is_integer, "an integer"},
    {"logprobs", [](Element value) { return value.is_bool(); }, "a boolean"},
    {"store", [](Element value) { return value.is_bool(); }, "a boolean"},
    {"parallel_tool_calls", [](Element value) { return value.is_bool(); }, "a boolean"},
}};

Refusal check_scalar(std::string_view key, Element value) {
  for (const ScalarRule& rule : kScalars) {
    if (rule.key == key && !value.is_null() && !rule.fits(value)) {
      return wrong_type(key, rule.expected, type_of(value));
    }
  }
  return std::nullopt;
}

std::string path_of(std::string_view list, std::size_t index, std::string_view field = {}) {
  std::string path = std::string(list) + "[" + std::to_string(index) + "]";
  if (!field.empty()) {
    path += '.';
    path += field;
  }
  return path;
}

// A field that may be absent or null, and otherwise is a string.
Refusal read_text(Element value, const std::string& path, std::string_view& text) {
  if (value.is_null()) {
    text = {};
    return std::nullopt;
  }
  if (value.get(text) != simdjson::SUCCESS) {
    return wrong_type(path, "a string", type_of(value));
  }
  return std::nullopt;
}

Refusal read_bool(Element value, std::string_view key, bool& flag) {
  flag = false;
  if (!value.is_null() && value.get(flag) != simdjson::SUCCESS) {
    return wrong_type(key, "a boolean", type_of(value));
  }
  return std::nullopt;
}

// The object's string field, empty where there is none of that type.
std::string_view text_at(Element object, std::string_view key) {
  std::string_view text;
  return object[key].get(text) == simdjson::SUCCESS ? text : std::string_view();
}

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

MessageFields fields_of(simdjson::dom::object object) {
  MessageFields fields;
  for (const simdjson::dom::key_value_pair field : object) {
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
  return fields;
}

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

// Keeps the room that the last request's lists had, unless it was a giant's.
void clear(Prompt& prompt) {
  constexpr std::size_t kItemsKept = 4096;
  std::vector<MessageView> messages = std::move(prompt.messages);
  std::vector<ToolView> tools = std::move(prompt.tools);
  prompt = Prompt{};
  if (messages.capacity() <= kItemsKept) {
    messages.clear();
    prompt.messages = std::move(messages);
  }
  tools.clear();
  prompt.tools = std::move(tools);
}

bool is_known_part(std::string_view type) {
  return type == "text" || type == "image_url" || type == "input_audio" || type == "file" ||
         type == "refusal";
}

}  // namespace

std::optional<WireError> PromptReader::read(std::string_view body, Prompt& prompt) {
  clear(prompt);
  prompt.endpoint = Endpoint::kChat;
  prompt.raw = body;
  scratch_used_ = 0;
  has_messages_ = false;
  has_stream_options_ = false;
  has_tool_choice_ = false;
  Element root;
  if (Refusal refusal = parse(body, root); refusal) {
    return refusal;
  }
  simdjson::dom::object fields;
  if (root.get(fields) != simdjson::SUCCESS) {
    return wrong_type("body", "an object", type_of(root));
  }
  ObjectHash hash;
  Refusal first;
  for (const simdjson::dom::key_value_pair field : fields) {
    Refusal refusal = read_field(field.key, field.value, prompt);
    if (!first) {
      first = std::move(refusal);
    }
    hash.add(field.key, field_hash_);
  }
  prompt.canonical_hash = hash.value();
  if (prompt.model.empty() && (!first || first->param != "model")) {
    return missing_model();  // The service looks for the model before anything else.
  }
  return first ? first : check_whole(prompt);
}

std::optional<WireError> PromptReader::parse(std::string_view body, Element& root) {
  trim_buffers(body.size());
  const std::size_t needed = body.size() + simdjson::SIMDJSON_PADDING;
  if (padded_.size() < needed) {
    padded_.resize(std::max(needed, padded_.size() * 2));
  }
  std::copy(body.begin(), body.end(), padded_.begin());
  if (parser_.capacity() < body.size() || parser_.max_depth() != kJsonDepthMax) {
    const std::size_t capacity = std::max<std::size_t>(body.size(), 16 * 1024);
    if (parser_.allocate(capacity, kJsonDepthMax) != simdjson::SUCCESS) {
      return bad_json();
    }
  }
  const simdjson::error_code code = parser_.parse(padded_.data(), body.size(), false).get(root);
  if (code == simdjson::DEPTH_ERROR) {
    return nested_too_deep(kJsonDepthMax);
  }
  return code == simdjson::SUCCESS ? std::nullopt : std::optional(bad_json());
}

void PromptReader::trim_buffers(std::size_t body_bytes) {
  if (padded_.size() > kBufferBytesKept && body_bytes < kBufferBytesKept / 4) {
    padded_ = std::string();
    scratch_.clear();
    parser_ = simdjson::dom::parser();
  }
}

std::optional<WireError> PromptReader::read_field(std::string_view key, Element value,
                                                  Prompt& prompt) {
  if (key == "messages") {
    return read_messages(value, prompt);
  }
  field_hash_ = canonical_hash(value);
  if (key == "model") {
    return read_text(value, "model", prompt.model);
  }
  if (key == "stream") {
    return read_bool(value, key, prompt.stream);
  }
  if (key == "tools") {
    return read_tools(value, prompt);
  }
  if (key == "tool_choice") {
    return read_tool_choice(value, prompt);
  }
  if (key == "response_format") {
    return read_response_format(value, prompt);
  }
  if (key == "stream_options") {
    return read_stream_options(value, prompt);
  }
  if (key == "n") {
    return read_choices(value, prompt);
  }
  return check_scalar(key, value);
}

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
    message.hash = canonical_hash(item);
    hash.add(message.hash);
    if (!first) {
      first = read_message(prompt.messages.size() - 1, item, message);
    }
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
    return wrong_type(path_of("messages", index), "an object", type_of(value));
  }
  const MessageFields fields = fields_of(object);
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
    const std::string path = path_of("messages", index, "name");
    if (Refusal refusal = read_text(*fields.name, path, message.name); refusal) {
      return refusal;
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
  return read_text(*id, path_of("messages", index, "tool_call_id"), message.tool_call_id);
}

std::optional<WireError> PromptReader::read_tool_calls(std::size_t index, Element value,
                                                       MessageView& message) {
  const std::string list = path_of("messages", index, "tool_calls");
  simdjson::dom::array calls;
  if (value.is_null()) {
    return std::nullopt;
  }
  if (value.get(calls) != simdjson::SUCCESS) {
    return wrong_type(list, "an array", type_of(value));
  }
  message.tool_calls.reserve(calls.size());
  for (const Element item : calls) {
    const std::string path = path_of(list, message.tool_calls.size());
    if (!item.is_object()) {
      return wrong_type(path, "an object", type_of(item));
    }
    ToolCallView& call = message.tool_calls.emplace_back();
    call.id = text_at(item, "id");
    Element function;
    const bool custom = item["custom"].get(function) == simdjson::SUCCESS;
    if (!custom && item["function"].get(function) != simdjson::SUCCESS) {
      return missing_parameter(path + ".function");
    }
    if (item["id"].error() != simdjson::SUCCESS) {
      return missing_parameter(path + ".id");
    }
    if (function["name"].get(call.name) != simdjson::SUCCESS) {
      return missing_parameter(path + ".function.name");
    }
    const std::string_view key = custom ? "input" : "arguments";
    if (function[key].get(call.arguments) != simdjson::SUCCESS) {
      return missing_parameter(path + ".function." + std::string(key));
    }
  }
  return std::nullopt;
}

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

std::optional<WireError> PromptReader::read_response_format(Element value, Prompt& prompt) {
  if (value.is_null()) {
    return std::nullopt;
  }
  if (!value.is_object()) {
    return wrong_type("response_format", "an object", type_of(value));
  }
  prompt.response_format_type = text_at(value, "type");
  if (prompt.response_format_type.empty()) {
    return missing_parameter("response_format.type");
  }
  std::string& text = scratch();
  text = simdjson::minify(value);
  prompt.response_format = text;
  return std::nullopt;
}

std::optional<WireError> PromptReader::read_stream_options(Element value, Prompt& prompt) {
  if (value.is_null()) {
    return std::nullopt;
  }
  has_stream_options_ = true;
  if (!value.is_object()) {
    return wrong_type("stream_options", "an object", type_of(value));
  }
  Element wanted;
  if (value["include_usage"].get(wanted) != simdjson::SUCCESS) {
    return std::nullopt;
  }
  return read_bool(wanted, "stream_options.include_usage", prompt.include_usage);
}

std::optional<WireError> PromptReader::read_choices(Element value, Prompt& prompt) {
  std::int64_t count = 1;
  if (value.is_null()) {
    return std::nullopt;
  }
  if (value.get(count) != simdjson::SUCCESS) {
    return wrong_type("n", "an integer", type_of(value));
  }
  if (count < 1) {
    return integer_below("n", 1, count);
  }
  if (count > kChoicesMax) {
    return integer_above("n", kChoicesMax, count);
  }
  prompt.choices = static_cast<int>(count);
  return std::nullopt;
}

std::optional<WireError> PromptReader::check_whole(const Prompt& prompt) const {
  if (!has_messages_) {
    return missing_parameter("messages");
  }
  if (has_stream_options_ && !prompt.stream) {
    return only_allowed_with("stream_options", "stream");
  }
  if (has_tool_choice_ && prompt.tools.empty()) {
    return tool_choice_without_tools();
  }
  return check_tool_calls(prompt.messages);
}

std::string& PromptReader::scratch() {
  if (scratch_used_ == scratch_.size()) {
    scratch_.emplace_back();
  }
  return scratch_[scratch_used_++];
}

}  // namespace mockllm::openai
