#include "mockllm/wire/openai/frames.h"

#include <cstddef>

#include "common/base/text.h"
#include "mockllm/wire/openai/identity.h"
#include "mockllm/wire/openai/reply_writer.h"

namespace mockllm::openai {
namespace {

template <typename... Cases>
struct Overloaded : Cases... {
  using Cases::operator()...;
};

template <typename... Cases>
Overloaded(Cases...) -> Overloaded<Cases...>;

}  // namespace

ChunkEncoder::ChunkEncoder(std::string_view model, bool include_usage,
                           std::shared_ptr<const Reply> reply, const Usage& usage,
                           Identity identity)
    : include_usage_(include_usage),
      reply_(std::move(reply)),
      usage_(usage),
      identity_(identity) {
  prefix_.reserve(256);
  prefix_ += R"(data: {"id":")";
  append_completion_id(prefix_, identity);
  prefix_ += R"(","object":"chat.completion.chunk","created":)";
  prefix_ += std::to_string(created(identity));
  prefix_ += R"(,"model":)";
  base::append_json_quoted(prefix_, model);
  prefix_ += R"(,"service_tier":"default","system_fingerprint":")";
  append_fingerprint(prefix_, model);
  prefix_ += R"(","choices":[)";
}

void ChunkEncoder::encode(const ReplyEvent& event, std::string& out) {
  std::visit(
      Overloaded{
          [](const ReplyStart&) {},  // The service says nothing before the first choice.
          [&](const ChoiceStart& start) { append(start, out); },
          [&](const TextDelta& d) { append_text(d.choice, "content", d.text, out); },
          [&](const ReasoningDelta& d) { append_text(d.choice, "reasoning_content", d.text, out); },
          [&](const RefusalDelta& d) { append_text(d.choice, "refusal", d.text, out); },
          [&](const ToolCallStart& start) { append(start, out); },
          [&](const ToolArgumentsDelta& delta) { append(delta, out); },
          [&](const ChoiceEnd& end) { append(end, out); },
          [&](const ReplyEnd&) { append_end(out); },
      },
      event);
}

void ChunkEncoder::open(int choice, std::string& out) const {
  out += prefix_;
  out += R"({"index":)";
  out += std::to_string(choice);
  out += R"(,"delta":{)";
}

void ChunkEncoder::close(std::string_view finish_reason, std::string& out) const {
  out += R"(},"logprobs":null,"finish_reason":)";
  if (finish_reason.empty()) {
    out += "null";
  } else {
    base::append_json_quoted(out, finish_reason);
  }
  out += include_usage_ ? "}],\"usage\":null}\n\n" : "}]}\n\n";
}

void ChunkEncoder::append(const ChoiceStart& event, std::string& out) const {
  const ReplyChoice& choice = reply_->choices[static_cast<std::size_t>(event.choice)];
  const bool calls_only = !choice.tool_calls.empty() && !choice.text;
  open(event.choice, out);
  out += R"("role":"assistant","content":)";
  out += calls_only ? "null" : R"("")";
  out += R"(,"refusal":null)";
  close({}, out);
}

void ChunkEncoder::append_text(int choice, std::string_view field, std::string_view text,
                               std::string& out) const {
  open(choice, out);
  out += '"';
  out += field;
  out += "\":";
  base::append_json_quoted(out, text);
  close({}, out);
}

void ChunkEncoder::append(const ToolCallStart& event, std::string& out) const {
  const ReplyChoice& choice = reply_->choices[static_cast<std::size_t>(event.choice)];
  open(event.choice, out);
  out += R"("tool_calls":[{"index":)";
  out += std::to_string(event.index);
  out += ',';
  append_call(out, choice.tool_calls[static_cast<std::size_t>(event.index)], {}, identity_,
              event.choice, event.index);
  out += ']';
  close({}, out);
}

void ChunkEncoder::append(const ToolArgumentsDelta& event, std::string& out) const {
  open(event.choice, out);
  out += R"("tool_calls":[{"index":)";
  out += std::to_string(event.index);
  out += R"(,"function":{"arguments":)";
  base::append_json_quoted(out, event.text);
  out += "}}]";
  close({}, out);
}

void ChunkEncoder::append(const ChoiceEnd& event, std::string& out) const {
  open(event.choice, out);
  close(finish_reason_of(reply_->choices[static_cast<std::size_t>(event.choice)]), out);
}

void ChunkEncoder::append_end(std::string& out) const {
  if (include_usage_) {
    out += prefix_;
    out += R"(],"usage":)";
    append_usage(out, usage_);
    out += "}\n\n";
  }
  out += "data: [DONE]\n\n";
}

}  // namespace mockllm::openai
