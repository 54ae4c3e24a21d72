#include "harness/run/llm_link.h"

#include <array>
#include <set>

#include <nlohmann/json.hpp>

#include "common/base/text.h"
#include "harness/run/judgement.h"

namespace harness {
namespace {

using nlohmann::json;

constexpr std::size_t kCallsShownMax = 50;  // of one session; every miss is shown besides
constexpr std::size_t kTextBytesMax = 500;  // of what was asked and answered
constexpr std::size_t kNearestMax = 3;
constexpr std::chrono::milliseconds kConnectTime{2'000};
constexpr std::chrono::milliseconds kAnswerTime{5'000};  // mockllm itself waits 2 s for an alias

std::string text_of(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_string()
             ? found->get<std::string>()
             : std::string();
}

const json& member(const json& object, const char* name) {
  static const json kNone;
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() ? *found : kNone;
}

std::int64_t number_of(const json& object, const char* name) {
  const json& value = member(object, name);
  return value.is_number_integer() ? value.get<std::int64_t>() : 0;
}

// Content is a text, or a list of parts of which some have one.
std::string content_text(const json& content) {
  if (content.is_string()) {
    return content.get<std::string>();
  }
  std::string text;
  if (content.is_array()) {
    for (const json& part : content) {
      const std::string piece = text_of(part, "text");
      text += (text.empty() || piece.empty() ? "" : "\n") + piece;
    }
  }
  return text;
}

// The last message of a request, with who said it where it was not the user.
std::string asked_of(const json& request, const redact::Redactor* redactor) {
  const json& messages = member(request, request.contains("messages") ? "messages" : "input");
  if (messages.is_string()) {
    return base::shortened(cleaned(messages.get<std::string>(), redactor), kTextBytesMax);
  }
  if (!messages.is_array() || messages.empty()) {
    return "";
  }
  const json& last = messages.back();
  const std::string role = text_of(last, "role");
  const std::string text = cleaned(content_text(member(last, "content")), redactor);
  return base::shortened(role.empty() || role == "user" ? text : role + ": " + text, kTextBytesMax);
}

std::string answered_of(const json& reply, const redact::Redactor* redactor) {
  std::string text = text_of(reply, "text");
  for (const json& call : member(reply, "tool_calls")) {
    text += (text.empty() ? "" : " ") + text_of(call, "name") + member(call, "arguments").dump();
  }
  return base::shortened(cleaned(text, redactor), kTextBytesMax);
}

// "contains 'x'" after a field: "should contain 'x'", as mockllm's own answer says it.
std::string demanded(const std::string& expected) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 3> kVerbs{
      {{"contains ", "contain "}, {"equals ", "equal "}, {"matches ", "match "}}};
  for (const auto& [told, verb] : kVerbs) {
    if (expected.starts_with(told)) {
      return " should " + std::string(verb) + expected.substr(told.size());
    }
  }
  return " should be " + expected;
}

std::vector<std::string> nearest_of(const json& call, const redact::Redactor* redactor) {
  std::vector<std::string> lines;
  for (const json& candidate : member(call, "nearest")) {
    std::string line = text_of(candidate, "fixture");
    const char* separator = ": ";
    for (const json& difference : member(candidate, "differences")) {
      line += separator + text_of(difference, "field") + demanded(text_of(difference, "expected")) +
              ", got '" +
              base::shortened(cleaned(text_of(difference, "actual"), redactor), kTextBytesMax) +
              "'";
      separator = "; ";
    }
    lines.push_back(std::move(line));
    if (lines.size() == kNearestMax) {
      break;
    }
  }
  return lines;
}

// A fixture that would have answered: people paste it, and write the reply.
std::string suggestion_for(const LlmCall& call) {
  if (call.asked.empty()) {
    return "";
  }
  const std::string asked = base::json_quoted(call.asked);
  return "drydock: fixtures/v1\nfixtures:\n  - name: " + asked +
         "\n    match:\n      user: " + asked + "\n    reply:\n      text: ...\n";
}

LlmCall read_call(const json& entry, const redact::Redactor* redactor) {
  LlmCall call;
  call.seq = number_of(entry, "seq");
  call.endpoint = text_of(entry, "endpoint");
  call.model = text_of(entry, "model");
  call.outcome = text_of(entry, "outcome");
  call.source = text_of(entry, "source");
  call.status = static_cast<int>(number_of(entry, "status"));
  call.asked = asked_of(member(entry, "request"), redactor);
  call.answered = answered_of(member(entry, "reply"), redactor);
  if (call.outcome == "miss") {
    call.nearest = nearest_of(entry, redactor);
    call.suggestion = suggestion_for(call);
  }
  return call;
}

// Session and alias names are ours, but an alias may come from a user's variable.
std::string percent_encoded(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '_' || c == '-' || c == '~';
    if (plain) {
      out += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      out += {'%', kHex[byte >> 4U], kHex[byte & 0xFU]};
    }
  }
  return out;
}

base::Error refused(const char* what, const http::ClientResponse& response) {
  return base::internal_error(std::string("mockllm does not ") + what + ": status " +
                              std::to_string(response.status) + " " +
                              base::shortened(base::printable(response.body), kTextBytesMax));
}

}  // namespace

base::Result<SessionCalls> parse_calls(std::string_view journal, const redact::Redactor* redactor) {
  const json root = json::parse(journal, nullptr, false);
  const json& calls = member(root, "calls");
  if (!calls.is_array()) {
    return base::invalid_input("mockllm's journal is not one: " +
                               base::shortened(base::printable(journal), kTextBytesMax));
  }
  SessionCalls out;
  for (const json& entry : calls) {
    const bool miss = text_of(entry, "outcome") == "miss";
    ++out.total;
    out.misses += miss ? 1 : 0;
    if (out.calls.size() < kCallsShownMax || (miss && out.calls.size() < 2 * kCallsShownMax)) {
      out.calls.push_back(read_call(entry, redactor));
    }
  }
  return out;
}

std::string start_session(const std::string& run) {
  return run + ".start.0";
}

base::Result<LlmLink> LlmLink::make(const std::string& url, std::string token,
                                    std::shared_ptr<const redact::Redactor> redactor) {
  http::ClientLimits limits;
  limits.connect_timeout = kConnectTime;
  limits.read_timeout = kAnswerTime;
  base::Result<http::Client> client = http::Client::make(url, limits);
  if (!client) {
    return std::move(client).error().within("mockllm");
  }
  return LlmLink(std::move(*client), std::move(token), std::move(redactor));
}

base::Result<http::ClientResponse> LlmLink::send(std::string method, std::string path,
                                                 std::string body) {
  http::ClientRequest request;
  request.method = std::move(method);
  request.path = std::move(path);
  if (!body.empty()) {
    request.headers.emplace_back("content-type", "application/json");
  }
  if (!token_.empty()) {
    request.headers.emplace_back("authorization", "Bearer " + token_);
  }
  request.body = std::move(body);
  base::Result<http::ClientResponse> response = client_.send(request);
  if (!response) {
    return std::move(response).error().within("mockllm does not answer");
  }
  return response;
}

base::Result<void> LlmLink::make_session(const std::string& session) {
  base::Result<http::ClientResponse> response =
      send("POST", "/_mock/sessions", json{{"id", session}}.dump());
  if (!response) {
    return std::move(response).error();
  }
  return response->status / 100 == 2 ? base::Result<void>() : refused("make a session", *response);
}

base::Result<bool> LlmLink::point_alias(const std::string& alias, const std::string& session,
                                        bool force) {
  constexpr int kConflict = 409;
  json body = {{"session", session}};
  if (force) {
    body["force"] = true;
  }
  base::Result<http::ClientResponse> response =
      send("PUT", "/_mock/aliases/" + percent_encoded(alias), body.dump());
  if (!response) {
    return std::move(response).error();
  }
  if (response->status == kConflict) {
    return false;
  }
  return response->status / 100 == 2 ? base::Result<bool>(true)
                                     : refused("move an alias", *response);
}

base::Result<void> LlmLink::point_to_start(const ServiceAddress& llm, const std::string& run) {
  const std::string session = start_session(run);
  if (base::Result<void> made = make_session(session); !made) {
    return made;
  }
  std::set<std::string> aliases{llm.key};
  for (const auto& [caller, alias] : llm.keys) {
    aliases.insert(alias);
  }
  for (const std::string& alias : aliases) {
    if (base::Result<bool> pointed = point_alias(alias, session, true); !pointed) {
      return std::move(pointed).error();
    }
  }
  return {};
}

base::Result<SessionCalls> LlmLink::calls_of(const std::string& session) {
  base::Result<http::ClientResponse> response =
      send("GET", "/_mock/sessions/" + percent_encoded(session) + "/journal", "");
  if (!response) {
    return std::move(response).error();
  }
  return response->status == 200
             ? parse_calls(response->body, redactor_.get())
             : base::Result<SessionCalls>(refused("tell its journal", *response));
}

}  // namespace harness
