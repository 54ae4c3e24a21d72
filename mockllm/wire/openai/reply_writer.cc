#include "mockllm/wire/openai/reply_writer.h"

#include <cstdint>

#include "common/base/text.h"
#include "mockllm/wire/openai/identity.h"

namespace mockllm::openai {
namespace {

void append_calls(std::string& out, const ReplyChoice& choice, Identity identity, int index) {
  out += R"(,"tool_calls":[)";
  for (std::size_t i = 0; i < choice.tool_calls.size(); ++i) {
    const ToolCall& call = choice.tool_calls[i];
    out += i == 0 ? "{" : ",{";
    append_call(out, call, call.arguments, identity, index, static_cast<int>(i));
  }
  out += ']';
}

void append_choice(std::string& out, const ReplyChoice& choice, Identity identity, int index) {
  out += R"({"index":)";
  out += std::to_string(index);
  out += R"(,"message":{"role":"assistant","content":)";
  append_nullable(out, choice.text);
  if (choice.reasoning) {
    out += R"(,"reasoning_content":)";
    base::append_json_quoted(out, *choice.reasoning);
  }
  if (!choice.tool_calls.empty()) {
    append_calls(out, choice, identity, index);
  }
  out += R"(,"refusal":)";
  append_nullable(out, choice.refusal);
  out += R"(,"annotations":[]},"logprobs":null,"finish_reason":")";
  out += finish_reason_of(choice);
  out += "\"}";
}

}  // namespace

void append_nullable(std::string& out, const std::optional<std::string>& text) {
  if (text) {
    base::append_json_quoted(out, *text);
  } else {
    out += "null";
  }
}

std::string_view finish_reason_of(const ReplyChoice& choice) {
  if (!choice.finish_reason.empty()) {
    return choice.finish_reason;
  }
  return choice.tool_calls.empty() ? "stop" : "tool_calls";
}

void append_call(std::string& out, const ToolCall& call, std::string_view arguments,
                 Identity identity, int choice, int index) {
  out += R"("id":)";
  if (call.id.empty()) {
    out += '"';
    append_call_id(out, identity, choice, index);
    out += '"';
  } else {
    base::append_json_quoted(out, call.id);
  }
  out += R"(,"type":"function","function":{"name":)";
  base::append_json_quoted(out, call.name);
  out += R"(,"arguments":)";
  base::append_json_quoted(out, arguments);
  out += "}}";
}

void append_usage(std::string& out, const Usage& usage) {
  out += R"({"prompt_tokens":)" + std::to_string(usage.input);
  out += R"(,"completion_tokens":)" + std::to_string(usage.output);
  out += R"(,"total_tokens":)" + std::to_string(usage.input + usage.output);
  out += R"(,"prompt_tokens_details":{"cached_tokens":)" + std::to_string(usage.cached);
  out += R"(,"audio_tokens":0},"completion_tokens_details":{"reasoning_tokens":)";
  out += std::to_string(usage.reasoning);
  out += R"(,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}})";
}

void append_completion(std::string& out, std::string_view model, const Reply& reply,
                       const Usage& usage, Identity identity) {
  out += R"({"id":")";
  append_completion_id(out, identity);
  out += R"(","object":"chat.completion","created":)";
  out += std::to_string(created(identity));
  out += R"(,"model":)";
  base::append_json_quoted(out, model);
  out += R"(,"choices":[)";
  for (std::size_t i = 0; i < reply.choices.size(); ++i) {
    out += i == 0 ? "" : ",";
    append_choice(out, reply.choices[i], identity, static_cast<int>(i));
  }
  out += R"(],"usage":)";
  append_usage(out, usage);
  out += R"(,"service_tier":"default","system_fingerprint":")";
  append_fingerprint(out, model);
  out += "\"}";
}

}  // namespace mockllm::openai
