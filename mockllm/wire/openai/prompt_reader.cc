#include "mockllm/wire/openai/prompt_reader.h"

#include <algorithm>
#include <array>
#include <utility>

#include "mockllm/wire/openai/canonical_hash.h"
#include "mockllm/wire/openai/field_errors.h"
#include "mockllm/wire/openai/json_fields.h"
#include "mockllm/wire/openai/message_rules.h"

namespace mockllm::openai {
namespace {

using Element = simdjson::dom::element;
using Refusal = std::optional<WireError>;

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

Refusal read_bool(Element value, std::string_view key, bool& flag) {
  flag = false;
  if (!value.is_null() && value.get(flag) != simdjson::SUCCESS) {
    return wrong_type(key, "a boolean", type_of(value));
  }
  return std::nullopt;
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
    return read_text(value, prompt.model)
               ? std::nullopt
               : std::optional(wrong_type("model", "a string", type_of(value)));
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
