// deck: the sample application and its two neighbours, as a test of it sees them. Every failure to
// reach one of them fails the test that asked.
//
// May include: common/base, common/http/client.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>
#include <pqxx/pqxx>

#include "common/base/env.h"
#include "common/http/client/client.h"

struct redisContext;

namespace agent_test {

// What the harness tells a test; set once by main, before the first test.
const base::Environment& environment();
void set_environment(base::Environment environment);

struct Answer {
  int status = 0;
  nlohmann::json body;
};

// One named event of a streamed answer.
struct Event {
  std::string name;
  nlohmann::json data;
};

// The application. No header names the test's session: its model calls are known by the
// application's key.
class Deck {
 public:
  Deck();
  Answer health();
  Answer ask(std::string_view question, nlohmann::json fields = nlohmann::json::object());
  Answer conversation(const std::string& id);
  std::vector<Event> stream(std::string_view question);

 private:
  http::ClientResponse send(const http::ClientRequest& request);
  http::Client client_;
};

// The application's database: one row of one query.
pqxx::row query_row(const std::string& sql, const std::string& parameter);

// The application's cache.
class Cache {
 public:
  Cache();
  void set(const std::string& key, const std::string& value, int seconds);
  std::optional<std::string> get(const std::string& key);
  void remove(const std::string& key);

 private:
  // The answer's text, nothing where the server says nil.
  std::optional<std::string> command(const std::vector<std::string>& words);
  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
};

}  // namespace agent_test
