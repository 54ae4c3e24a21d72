#include "tests/integration/agent_test/deck.h"

#include <gtest/gtest.h>

#include <chrono>
#include <utility>

namespace agent_test {
namespace {

constexpr std::chrono::milliseconds kAnswerTimeout{20'000};

base::Environment& environment() {
  static base::Environment kept;
  return kept;
}

std::optional<http::Client> make_client() {
  http::ClientLimits limits;
  limits.read_timeout = kAnswerTimeout;
  base::Result<http::Client> client = http::Client::make(required_variable("APP_URL"), limits);
  if (!client) {
    ADD_FAILURE() << "APP_URL: " << client.error().message;
    return std::nullopt;
  }
  return std::move(client).value();
}

// An object, empty where the text is none.
nlohmann::json parse_object(std::string_view text) {
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (!value.is_object()) {
    ADD_FAILURE() << "not a JSON object: " << text;
    return nlohmann::json::object();
  }
  return value;
}

http::ClientRequest ask_request(std::string path, std::string_view question, nlohmann::json body) {
  body["question"] = question;
  return {"POST", std::move(path), {{"content-type", "application/json"}}, body.dump()};
}

// "event: NAME" and "data: JSON" lines, an empty line after each event.
std::vector<Event> parse_events(std::string_view text) {
  constexpr std::string_view kEvent = "event: ";
  constexpr std::string_view kData = "data: ";
  std::vector<Event> events;
  std::string name;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.starts_with(kEvent)) {
      name = line.substr(kEvent.size());
    } else if (line.starts_with(kData)) {
      events.push_back({name, parse_object(line.substr(kData.size()))});
    }
  }
  return events;
}

}  // namespace

std::string required_variable(std::string_view name) {
  const std::optional<std::string> value = environment().get(name);
  if (!value || value->empty()) {
    ADD_FAILURE() << name << " is not set: start this suite with `harness run`";
    return "";
  }
  return *value;
}

void set_environment(base::Environment kept) {
  environment() = std::move(kept);
}

std::string Answer::text(const std::string& field) const {
  const auto found = body.find(field);
  return found != body.end() && found->is_string() ? found->get<std::string>() : "";
}

std::vector<nlohmann::json> Answer::tool_calls() const {
  const auto found = body.find("tool_calls");
  return found != body.end() ? std::vector<nlohmann::json>(found->begin(), found->end())
                             : std::vector<nlohmann::json>();
}

bool Answer::degraded() const {
  const auto found = body.find("degraded");
  return found != body.end() && *found == true;
}

Deck::Deck() : client_(make_client()) {}

Answer Deck::health() {
  return answer_to({"GET", "/healthz", {}, ""});
}

Answer Deck::ask(std::string_view question, nlohmann::json fields) {
  return answer_to(ask_request("/ask", question, std::move(fields)));
}

Answer Deck::conversation(const std::string& id) {
  return answer_to({"GET", "/conversations/" + id, {}, ""});
}

std::vector<Event> Deck::stream(std::string_view question) {
  const std::optional<http::ClientResponse> response =
      send(ask_request("/ask?stream=true", question, nlohmann::json::object()));
  return response ? parse_events(response->body) : std::vector<Event>();
}

Answer Deck::answer_to(const http::ClientRequest& request) {
  const std::optional<http::ClientResponse> response = send(request);
  return response ? Answer{response->status, parse_object(response->body)} : Answer();
}

std::optional<http::ClientResponse> Deck::send(const http::ClientRequest& request) {
  if (!client_) {
    return std::nullopt;
  }
  base::Result<http::ClientResponse> response = client_->send(request);
  if (!response) {
    ADD_FAILURE() << "the application does not answer " << request.path << ": "
                  << response.error().message;
    return std::nullopt;
  }
  return std::move(response).value();
}

}  // namespace agent_test
