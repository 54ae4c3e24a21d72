#include "tests/integration/agent_test/deck.h"

#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <chrono>
#include <cstdlib>
#include <stdexcept>

namespace agent_test {
namespace {

constexpr std::chrono::milliseconds kAnswerTimeout{20'000};
constexpr timeval kCacheTimeout{5, 0};
constexpr std::size_t kRedisDefaultPort = 6379;

base::Environment& mutable_environment() {
  static base::Environment environment;
  return environment;
}

// A test cannot go on without its services: GoogleTest turns the exception into a failure of the
// test.
[[noreturn]] void fail(const std::string& what) {
  throw std::runtime_error(what);
}

std::string required(std::string_view name) {
  const std::optional<std::string> value = environment().get(name);
  if (!value || value->empty()) {
    fail(std::string(name) + " is not set: start this suite with `harness run`");
  }
  return *value;
}

http::Client make_client() {
  http::ClientLimits limits;
  limits.read_timeout = kAnswerTimeout;
  base::Result<http::Client> client = http::Client::make(required("APP_URL"), limits);
  if (!client) {
    fail(client.error().message);
  }
  return std::move(client).value();
}

nlohmann::json parse(const std::string& text) {
  nlohmann::json value = nlohmann::json::parse(text, nullptr, false);
  if (value.is_discarded()) {
    fail("not JSON: " + text);
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
      events.push_back({name, parse(std::string(line.substr(kData.size())))});
    }
  }
  return events;
}

struct RedisPlace {
  std::string password;
  std::string host;
  int port = kRedisDefaultPort;
};

// Of "redis://[user]:password@host:port/0".
RedisPlace parse_redis_url(std::string url) {
  RedisPlace place;
  url.erase(0, url.find("://") + 3);
  if (const std::size_t at = url.rfind('@'); at != std::string::npos) {
    const std::string login = url.substr(0, at);
    place.password = login.substr(login.find(':') + 1);
    url.erase(0, at + 1);
  }
  url = url.substr(0, url.find('/'));
  const std::size_t colon = url.rfind(':');
  place.host = url.substr(0, colon);
  if (colon != std::string::npos) {
    place.port = std::stoi(url.substr(colon + 1));
  }
  return place;
}

}  // namespace

const base::Environment& environment() {
  return mutable_environment();
}

void set_environment(base::Environment environment) {
  mutable_environment() = std::move(environment);
}

Deck::Deck() : client_(make_client()) {}

Answer Deck::health() {
  const http::ClientResponse response = send({"GET", "/healthz", {}, ""});
  return {response.status, parse(response.body)};
}

Answer Deck::ask(std::string_view question, nlohmann::json fields) {
  const http::ClientResponse response = send(ask_request("/ask", question, std::move(fields)));
  return {response.status, parse(response.body)};
}

Answer Deck::conversation(const std::string& id) {
  const http::ClientResponse response = send({"GET", "/conversations/" + id, {}, ""});
  return {response.status, parse(response.body)};
}

std::vector<Event> Deck::stream(std::string_view question) {
  return parse_events(
      send(ask_request("/ask?stream=true", question, nlohmann::json::object())).body);
}

http::ClientResponse Deck::send(const http::ClientRequest& request) {
  base::Result<http::ClientResponse> response = client_.send(request);
  if (!response) {
    fail("the application does not answer " + request.path + ": " + response.error().message);
  }
  return std::move(response).value();
}

pqxx::row query_row(const std::string& sql, const std::string& parameter) {
  pqxx::connection connection(required("DATABASE_URL"));
  pqxx::work work(connection);
  return work.exec_params1(sql, parameter);
}

Cache::Cache() : context_(nullptr, redisFree) {
  const RedisPlace place = parse_redis_url(required("REDIS_URL"));
  context_.reset(redisConnectWithTimeout(place.host.c_str(), place.port, kCacheTimeout));
  if (context_ == nullptr || context_->err != 0) {
    fail("Redis does not answer at " + place.host + ":" + std::to_string(place.port));
  }
  if (!place.password.empty()) {
    command({"AUTH", place.password});
  }
}

void Cache::set(const std::string& key, const std::string& value, int seconds) {
  command({"SET", key, value, "EX", std::to_string(seconds)});
}

std::optional<std::string> Cache::get(const std::string& key) {
  return command({"GET", key});
}

void Cache::remove(const std::string& key) {
  command({"DEL", key});
}

std::optional<std::string> Cache::command(const std::vector<std::string>& words) {
  std::vector<const char*> values;
  std::vector<std::size_t> lengths;
  for (const std::string& word : words) {
    values.push_back(word.data());
    lengths.push_back(word.size());
  }
  const std::unique_ptr<void, void (*)(void*)> owned(
      redisCommandArgv(context_.get(), static_cast<int>(words.size()), values.data(),
                       lengths.data()),
      freeReplyObject);
  const auto* reply = static_cast<const redisReply*>(owned.get());
  if (reply == nullptr || reply->type == REDIS_REPLY_ERROR) {
    fail("Redis refuses " + words.front() + ": " + (reply != nullptr ? reply->str : "no answer"));
  }
  if (reply->type == REDIS_REPLY_NIL) {
    return std::nullopt;
  }
  return reply->type == REDIS_REPLY_INTEGER ? std::to_string(reply->integer)
                                            : std::string(reply->str, reply->len);
}

}  // namespace agent_test
