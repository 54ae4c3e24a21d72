// deck: the sample application, as a test of it sees it. Where it cannot be reached the test that
// asked fails, and what it gets is empty.
//
// May include: common/base, common/http/client.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/env.h"
#include "common/http/client/client.h"

namespace agent_test {

// What the harness tells a test: set once by main, before the first test. Empty where it is not
// set, which fails the test.
std::string required_variable(std::string_view name);
void set_environment(base::Environment environment);

struct Answer {
  int status = 0;  // 0: none came
  nlohmann::json body = nlohmann::json::object();

  // Of the body, empty where it has no such field.
  [[nodiscard]] std::string text(const std::string& field) const;
  [[nodiscard]] std::vector<nlohmann::json> tool_calls() const;
  [[nodiscard]] bool degraded() const;
};

// One named event of a streamed answer.
struct Event {
  std::string name;
  nlohmann::json data;
};

// No header of a call names the test's session: its model calls are known by the application's key.
class Deck {
 public:
  Deck();
  Answer health();
  // `fields` go beside the question.
  Answer ask(std::string_view question, nlohmann::json fields = nlohmann::json::object());
  Answer conversation(const std::string& id);
  std::vector<Event> stream(std::string_view question);

 private:
  Answer answer_to(const http::ClientRequest& request);
  std::optional<http::ClientResponse> send(const http::ClientRequest& request);
  std::optional<http::Client> client_;  // none where APP_URL is none
};

}  // namespace agent_test
