// GitHub's variables and event file; the shapes are those of its webhook payloads.
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/mode/mode.h"

namespace harness {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kEventBytesMax = 25 * 1024 * 1024;  // GitHub's own limit of a payload
constexpr int kEventDepthMax = 64;
// A session's key of mockllm in the real key's place is no key of a real LLM.
constexpr std::string_view kMockKeyPrefix = "sk-mock-";

// nlohmann's value destructs level by level: deep nesting is refused before it is built.
bool too_deep(std::string_view text) {
  int depth = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      i += c == '\\' ? 1U : 0U;
      quoted = c != '"';
    } else if (c == '"') {
      quoted = true;
    } else if (c == '[' || c == '{') {
      if (++depth > kEventDepthMax) {
        return true;
      }
    } else if (c == ']' || c == '}') {
      --depth;
    }
  }
  return false;
}

base::Result<Json> read_event(const std::string& path) {
  const base::Result<std::string> text = base::read_file(path, kEventBytesMax);
  if (!text) {
    return base::Error(text.error()).within("GITHUB_EVENT_PATH");
  }
  if (too_deep(*text)) {
    return base::invalid_input("GITHUB_EVENT_PATH: " + path + " is nested too deep");
  }
  Json event = Json::parse(*text, nullptr, false);
  if (!event.is_object()) {
    return base::invalid_input("GITHUB_EVENT_PATH: " + path + " is not a JSON object");
  }
  return event;
}

// The text at a path of keys; none where anything on the way is absent or null.
std::optional<std::string> text_at(const Json& event, std::initializer_list<const char*> keys) {
  const Json* value = &event;
  for (const char* key : keys) {
    if (!value->is_object() || !value->contains(key)) {
      return std::nullopt;
    }
    value = &(*value)[key];
  }
  return value->is_string() ? std::optional(value->get<std::string>()) : std::nullopt;
}

// Two names of repositories that must be there and equal. A deleted fork has no name.
bool differs(const std::optional<std::string>& head, const std::optional<std::string>& base) {
  return !head || !base || *head != *base;
}

bool from_fork(const Json& event) {
  if (event.contains("pull_request")) {
    return differs(text_at(event, {"pull_request", "head", "repo", "full_name"}),
                   text_at(event, {"pull_request", "base", "repo", "full_name"}));
  }
  if (event.contains("workflow_run")) {
    return differs(text_at(event, {"workflow_run", "head_repository", "full_name"}),
                   text_at(event, {"repository", "full_name"}));
  }
  // A comment's event does not say where the pull request's head is.
  return event.contains("issue") && event["issue"].is_object() &&
         event["issue"].contains("pull_request");
}

base::Result<std::string> input_of(const Json& event) {
  if (!event.contains("inputs") || !event["inputs"].is_object() ||
      !event["inputs"].contains("llm") || event["inputs"]["llm"].is_null()) {
    return std::string();
  }
  const std::string input = text_at(event, {"inputs", "llm"}).value_or("?");
  if (!input.empty() && input != "mock" && input != "real" && input != "auto") {
    return base::invalid_input("the input 'llm' is '" +
                               base::shortened(base::printable(input), 40) +
                               "', expected mock, real or auto");
  }
  return input;
}

bool is_pull_request(std::string_view event) {
  return event.starts_with("pull_request");
}

bool has_real_key(const base::Environment& environment, std::string_view variable) {
  return environment.has(variable) && !environment.get(variable)->starts_with(kMockKeyPrefix);
}

}  // namespace

base::Result<Trigger> read_trigger(const base::Environment& environment,
                                   std::string_view key_variable) {
  Trigger trigger;
  trigger.event = environment.get("GITHUB_EVENT_NAME").value_or("");
  trigger.ref = environment.get("GITHUB_REF").value_or("");
  trigger.actor = environment.get("GITHUB_ACTOR").value_or("");
  trigger.has_key = has_real_key(environment, key_variable);
  if (!environment.has("GITHUB_EVENT_PATH")) {
    trigger.fork = is_pull_request(trigger.event);
    return trigger;
  }
  const base::Result<Json> event = read_event(*environment.get("GITHUB_EVENT_PATH"));
  if (!event) {
    return event.error();
  }
  base::Result<std::string> input = input_of(*event);
  if (!input) {
    return input.error();
  }
  trigger.input = *std::move(input);
  trigger.fork =
      from_fork(*event) || (is_pull_request(trigger.event) && !event->contains("pull_request"));
  trigger.default_branch =
      text_at(*event, {"repository", "default_branch"}).value_or(trigger.default_branch);
  return trigger;
}

}  // namespace harness
