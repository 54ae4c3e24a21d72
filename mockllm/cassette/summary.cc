#include "mockllm/cassette/summary.h"

#include <nlohmann/json.hpp>

#include "common/base/text.h"
#include "mockllm/conversation/canonical_json.h"

namespace mockllm {
namespace {

using nlohmann::json;

constexpr std::size_t kTextBytesMax = 200;
constexpr std::size_t kReplyBytesMax = 2'000;
constexpr std::size_t kMessagesMax = 20;

std::string short_text(std::string_view text, std::size_t bytes_max) {
  return base::json_quoted(base::shortened(text, bytes_max));
}

// A content is a text, or a list of parts of which some have one.
std::string content_of(const json& message) {
  const auto content = message.find("content");
  if (content == message.end() || content->is_null()) {
    return {};
  }
  if (content->is_string()) {
    return content->get<std::string>();
  }
  std::string text;
  for (const json& part : *content) {
    if (part.is_object() && part.contains("text") && part["text"].is_string()) {
      text += part["text"].get<std::string>();
    }
  }
  return text;
}

void append_messages(std::string& yaml, const json& messages) {
  // The last ones: the first are the same from call to call.
  const std::size_t left_out = messages.size() > kMessagesMax ? messages.size() - kMessagesMax : 0;
  yaml += "      messages:";
  yaml += left_out == 0 ? "\n" : "  # " + std::to_string(left_out) + " earlier ones are left out\n";
  for (std::size_t i = left_out; i < messages.size(); ++i) {
    const json& message = messages[i];
    if (!message.is_object()) {
      continue;
    }
    const auto role = message.find("role");
    const bool known = role != message.end() && role->is_string();
    yaml +=
        "        - {role: " + short_text(known ? role->get<std::string>() : "?", kTextBytesMax) +
        ", text: " + short_text(content_of(message), kTextBytesMax) + "}\n";
  }
}

}  // namespace

void append_request_summary(std::string& yaml, std::string_view request) {
  // The depth is limited here, because the parser below does not.
  const bool readable = canonical_json(request).has_value();
  const json object = readable ? json::parse(request, nullptr, false) : json();
  if (!object.is_object()) {
    yaml += "    request: {}\n";
    return;
  }
  yaml += "    request:\n";
  const auto model = object.find("model");
  const bool named = model != object.end() && model->is_string();
  yaml +=
      "      model: " + short_text(named ? model->get<std::string>() : "", kTextBytesMax) + "\n";
  const auto messages = object.find("messages");
  if (messages != object.end() && messages->is_array() && !messages->empty()) {
    append_messages(yaml, *messages);
  }
}

void append_reply_summary(std::string& yaml, const Reply* reply) {
  if (reply == nullptr || reply->choices.empty()) {
    return;
  }
  const ReplyChoice& choice = reply->choices.front();
  yaml += "    reply:\n";
  if (choice.text.has_value()) {
    yaml += "      text: " + short_text(*choice.text, kReplyBytesMax) + "\n";
  }
  if (!choice.tool_calls.empty()) {
    yaml += "      tool_calls:\n";
    for (const ToolCall& call : choice.tool_calls) {
      yaml += "        - {name: " + base::json_quoted(call.name) +
              ", arguments: " + short_text(call.arguments, kReplyBytesMax) + "}\n";
    }
  }
  if (!choice.finish_reason.empty()) {
    yaml += "      finish_reason: " + base::json_quoted(choice.finish_reason) + "\n";
  }
}

}  // namespace mockllm
