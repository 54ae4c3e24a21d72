#include "mockllm/wire/openai/reply_reader.h"

#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <string>

namespace mockllm::openai {
namespace {

using Element = simdjson::dom::element;

constexpr std::size_t kDepthMax = 128;
constexpr std::uint64_t kChoicesMax = 128;
constexpr std::uint64_t kCallsMax = 4096;

// Leaves `number` as it is where there is none.
template <typename Number>
void read_number(simdjson::simdjson_result<Element> value, Number& number) {
  Number read = 0;
  if (value.get(read) == simdjson::SUCCESS) {
    number = read;
  }
}

void append_text(simdjson::simdjson_result<Element> value, std::optional<std::string>& text) {
  std::string_view more;
  if (value.get(more) == simdjson::SUCCESS) {
    text = text.value_or(std::string()).append(more);
  }
}

void append_text(simdjson::simdjson_result<Element> value, std::string& text) {
  std::string_view more;
  if (value.get(more) == simdjson::SUCCESS) {
    text.append(more);
  }
}

void read_usage(Element root, Reply& reply) {
  Element object;
  if (root["usage"].get(object) != simdjson::SUCCESS || !object.is_object()) {
    return;
  }
  Usage usage;
  read_number(object["prompt_tokens"], usage.input);
  read_number(object["completion_tokens"], usage.output);
  read_number(object["prompt_tokens_details"]["cached_tokens"], usage.cached);
  read_number(object["completion_tokens_details"]["reasoning_tokens"], usage.reasoning);
  reply.usage = usage;
}

// The item of `list` that `index` names, made where it is not there yet; nullptr above `most`.
template <typename Item>
Item* at(std::vector<Item>& list, std::uint64_t index, std::uint64_t most) {
  if (index >= most) {
    return nullptr;
  }
  if (list.size() <= index) {
    list.resize(static_cast<std::size_t>(index) + 1);
  }
  return &list[static_cast<std::size_t>(index)];
}

std::uint64_t index_of(Element object, std::uint64_t otherwise) {
  std::uint64_t index = otherwise;
  read_number(object["index"], index);
  return index;
}

void read_calls(Element message, ReplyChoice& choice) {
  simdjson::dom::array calls;
  if (message["tool_calls"].get(calls) != simdjson::SUCCESS) {
    return;
  }
  std::uint64_t position = 0;
  for (const Element item : calls) {
    ToolCall* call = at(choice.tool_calls, index_of(item, position++), kCallsMax);
    if (call != nullptr) {
      append_text(item["id"], call->id);
      append_text(item["function"]["name"], call->name);
      append_text(item["function"]["arguments"], call->arguments);
    }
  }
}

// `part` is "message" of a whole answer or "delta" of a chunk.
void read_choices(Element root, std::string_view part, Reply& reply) {
  simdjson::dom::array choices;
  if (root["choices"].get(choices) != simdjson::SUCCESS) {
    return;
  }
  std::uint64_t position = 0;
  for (const Element item : choices) {
    ReplyChoice* choice = at(reply.choices, index_of(item, position++), kChoicesMax);
    Element message;
    if (choice == nullptr || item[part].get(message) != simdjson::SUCCESS) {
      continue;
    }
    append_text(message["content"], choice->text);
    append_text(message["reasoning_content"], choice->reasoning);
    append_text(message["refusal"], choice->refusal);
    read_calls(message, *choice);
    append_text(item["finish_reason"], choice->finish_reason);
  }
}

bool parse(simdjson::dom::parser& parser, std::string_view text, Element& root) {
  if (parser.max_depth() != kDepthMax &&
      parser.allocate(text.size() + 1024, kDepthMax) != simdjson::SUCCESS) {
    return false;
  }
  return parser.parse(text.data(), text.size(), true).get(root) == simdjson::SUCCESS &&
         root.is_object();
}

}  // namespace

std::optional<Reply> read_completion(std::string_view body) {
  simdjson::dom::parser parser;
  Element root;
  Reply reply;
  if (!parse(parser, body, root)) {
    return std::nullopt;
  }
  read_choices(root, "message", reply);
  read_usage(root, reply);
  return reply.choices.empty() ? std::nullopt : std::optional(std::move(reply));
}

std::optional<Reply> read_chunks(std::string_view body) {
  constexpr std::string_view kData = "data:";
  simdjson::dom::parser parser;
  Reply reply;
  while (!body.empty()) {
    const std::size_t end = body.find('\n');
    std::string_view line = body.substr(0, end);
    body.remove_prefix(end == std::string_view::npos ? body.size() : end + 1);
    Element root;
    if (line.substr(0, kData.size()) == kData && parse(parser, line.substr(kData.size()), root)) {
      read_choices(root, "delta", reply);
      read_usage(root, reply);
    }
  }
  return reply.choices.empty() ? std::nullopt : std::optional(std::move(reply));
}

}  // namespace mockllm::openai
