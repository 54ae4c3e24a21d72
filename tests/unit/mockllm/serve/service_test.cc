#include "mockllm/serve/service.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <memory>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include <nlohmann/json.hpp>

#include "mockllm/wire/openai/chat_completions.h"
#include "mockllm/wire/openai/models.h"
#include "tests/support/fake_clock.h"

namespace mockllm {
namespace {

using nlohmann::json;
using std::chrono::milliseconds;
using testing::HasSubstr;

constexpr const char* kFixtures = R"(drydock: fixtures/v1
fixtures:
  - name: weather
    match: {user: weather in Oslo}
    reply:
      tool_calls: [{name: get_weather, arguments: {city: Oslo}}]
  - name: says hello
    match: {user: hello}
    reply: {text: "Hello. How are you today?", usage: {input: 41, output: 9}}
  - name: is slow
    match: {user: slow}
    reply: {text: At last.}
    pace: {ttft_ms: 40, tokens_per_second: 100}
  - name: is late
    match: {user: late}
    delay_ms: 30
    reply: {text: Here.}
  - name: is busy once
    match: {user: busy}
    replies:
      - error: {status: 429, code: rate_limit_exceeded, message: slow down, headers: {retry-after-ms: "20"}}
      - text: Now.
)";

// Everything that the program joins, without a socket.
class AService : public testing::Test {
 protected:
  AService() { start({}); }

  void start(ServiceOptions options) {
    auto fixtures = parse_fixtures("fixtures/test.yaml", kFixtures);
    CHECK(fixtures.has_value());
    answerer_ = std::make_unique<Answerer>(Mode::kReplay, *fixtures, nullptr);
    control_ = std::make_unique<Control>(sessions_, journal_, clock_, ControlOptions{});
    ServiceParts parts;
    parts.protocols = {&chat_};
    parts.models = &models_;
    parts.sessions = &sessions_;
    parts.journal = &journal_;
    parts.answerer = answerer_.get();
    parts.control = control_.get();
    parts.clock = &clock_;
    parts.log = &log_;
    service_ = std::make_unique<Service>(std::move(parts), std::move(options));
    service_->loaded((*fixtures)->size(), {"gpt-4o", "ft:own"});
  }

  http::Answer handle(std::string_view method, std::string_view path, std::string_view body = {},
                      std::vector<http::Header> headers = {}) {
    http::Request request;
    request.method = method;
    request.target = path;
    request.path = path;
    request.headers = std::move(headers);
    request.body = body;
    return service_->handle(request, [] {});
  }

  http::Response get(std::string_view path) {
    return std::get<http::Response>(handle("GET", path));
  }

  http::Response chat(const std::string& text, const std::string& more = {},
                      std::vector<http::Header> headers = {},
                      std::string_view path = "/v1/chat/completions") {
    const std::string body =
        R"({"model":"gpt-4o","messages":[{"role":"user","content":")" + text + "\"}]" + more + "}";
    return std::get<http::Response>(handle("POST", path, body, std::move(headers)));
  }

  // Asks a stream until it ends, moving the clock to where it wants to be asked again.
  std::string read(http::Response& response) {
    std::string out;
    for (;;) {
      const http::Step step = response.exchange->next(out, clock_.mono());
      if (std::holds_alternative<http::End>(step)) {
        return out;
      }
      if (const auto* wait = std::get_if<http::WaitUntil>(&step); wait != nullptr) {
        EXPECT_GT(wait->at, clock_.mono());
        clock_.advance(std::chrono::ceil<milliseconds>(wait->at - clock_.mono()));
      }
    }
  }

  static std::string header(const http::Response& response, std::string_view name) {
    for (const auto& [key, value] : response.headers) {
      if (key == name) {
        return value;
      }
    }
    return {};
  }

  json journal() { return json::parse(journal_.to_json(std::string_view()))["calls"]; }

  support::FakeClock clock_;
  base::Log log_{clock_, STDERR_FILENO, base::LogFormat::kText, base::LogLevel::kError};
  Sessions sessions_{SessionLimits{}};
  Journal journal_{JournalLimits{}};
  openai::ChatCompletions chat_;
  openai::Models models_;
  std::unique_ptr<Answerer> answerer_;
  std::unique_ptr<Control> control_;
  std::unique_ptr<Service> service_;
};

TEST_F(AService, AnswersFromAFixture) {
  const http::Response response = chat("hello");

  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(header(response, "content-type"), "application/json");
  EXPECT_EQ(header(response, "openai-version"), "2020-10-01");
  EXPECT_THAT(header(response, "x-request-id"), testing::MatchesRegex("req_[0-9a-f]{32}"));
  const json body = json::parse(response.body);
  EXPECT_EQ(body["choices"][0]["message"]["content"], "Hello. How are you today?");
  EXPECT_EQ(body["usage"]["prompt_tokens"], 41);
}

TEST_F(AService, StreamsTheSameReply) {
  http::Response response = chat("hello", R"(,"stream":true)");

  EXPECT_TRUE(response.streamed);
  EXPECT_EQ(header(response, "content-type"), "text/event-stream; charset=utf-8");
  const std::optional<Reply> reply = chat_.read_reply(read(response), true);
  ASSERT_TRUE(reply.has_value());
  EXPECT_EQ(reply->choices[0].text, "Hello. How are you today?");
}

TEST_F(AService, KeepsThePaceOfAFixture) {
  http::Response response = chat("slow", R"(,"stream":true)");
  std::string out;

  const http::Step first = response.exchange->next(out, clock_.mono());

  EXPECT_EQ(out, "");
  ASSERT_TRUE(std::holds_alternative<http::WaitUntil>(first));
  EXPECT_EQ(std::get<http::WaitUntil>(first).at, clock_.mono() + milliseconds(40));
  const base::MonoTime start = clock_.mono();
  EXPECT_THAT(read(response), HasSubstr("[DONE]"));
  EXPECT_GE(clock_.mono() - start, milliseconds(50));
}

TEST_F(AService, WaitsBeforeTheHeadOfADelayedFixture) {
  const std::string body = R"({"model":"m","messages":[{"role":"user","content":"late"}]})";
  http::Answer answer = handle("POST", "/v1/chat/completions", body);

  ASSERT_TRUE(std::holds_alternative<std::unique_ptr<http::Deferred>>(answer));
  auto& deferred = std::get<std::unique_ptr<http::Deferred>>(answer);
  base::MonoTime again{};
  EXPECT_FALSE(deferred->poll(clock_.mono(), again).has_value());
  EXPECT_EQ(again, clock_.mono() + milliseconds(30));
  EXPECT_TRUE(deferred->poll(again, again).has_value());
}

TEST_F(AService, GivesExactlyAsManyChoicesAsAsked) {
  const json body = json::parse(chat("hello", R"(,"n":3)").body);

  ASSERT_EQ(body["choices"].size(), 3U);
  EXPECT_EQ(body["choices"][2]["index"], 2);
  EXPECT_EQ(body["choices"][2]["message"]["content"], "Hello. How are you today?");
}

TEST_F(AService, IsDeterministicInASessionOfItsOwn) {
  const auto ask = [&](const char* session) {
    return chat("weather in Oslo", {}, {{"x-mock-session", session}}).body;
  };

  const std::string first = ask("r1.weather.1");

  EXPECT_EQ(ask("r2.weather.2"), first) << "neither run nor attempt count";
  EXPECT_NE(ask("r1.other.1"), first);
  EXPECT_NE(ask("r1.weather.1"), first) << "the second of a session is another call";
}

TEST_F(AService, AnswersARepliesListInOrder) {
  const http::Response busy = chat("busy");
  EXPECT_EQ(busy.status, 429);
  EXPECT_EQ(header(busy, "retry-after-ms"), "20");
  EXPECT_EQ(
      json::parse(busy.body)["error"],
      json::parse(
          R"({"message":"slow down","type":"requests","param":null,"code":"rate_limit_exceeded"})"));

  const http::Response retried = chat("busy", {}, {{"x-stainless-retry-count", "1"}});
  EXPECT_EQ(retried.status, 200) << "a retry of an error entry counts";
}

TEST_F(AService, TellsAMissAsTheContractSays) {
  const http::Response response = chat("weather in Rome", {}, {{"x-mock-session", "r1.weather.1"}});

  EXPECT_EQ(response.status, 404);
  EXPECT_EQ(header(response, "x-should-retry"), "false");
  EXPECT_EQ(header(response, "content-type"), "application/json");
  const json body = json::parse(response.body);
  EXPECT_EQ(body["error"]["code"], "no_fixture_match");
  EXPECT_EQ(body["mockllm"]["session"], "r1.weather.1");
  EXPECT_FALSE(body["mockllm"]["nearest"].empty());
  EXPECT_THAT(body["mockllm"]["fixture"].get<std::string>(), HasSubstr("drydock: fixtures/v1"));
  EXPECT_EQ(journal()[0]["outcome"], "miss");
  EXPECT_EQ(journal()[0]["status"], 404);
}

TEST_F(AService, WritesEachCallIntoTheJournal) {
  { const http::Response response = chat("hello", {}, {}, "/s/r1.x.1/v1/chat/completions"); }

  const json call = journal()[0];
  EXPECT_EQ(call["session"], "r1.x.1");
  EXPECT_EQ(call["selected_by"], "prefix");
  EXPECT_EQ(call["endpoint"], "chat.completions");
  EXPECT_EQ(call["model"], "gpt-4o");
  EXPECT_EQ(call["outcome"], "fixture");
  EXPECT_EQ(call["source"], "fixtures/test.yaml#says hello");
  EXPECT_EQ(call["reply"]["text"], "Hello. How are you today?");
  EXPECT_EQ(call["usage"]["input"], 41);
  EXPECT_EQ(call["request"]["messages"][0]["content"], "hello");
  EXPECT_EQ(call["client_gone"], true) << "nobody ever sent it";
}

TEST_F(AService, RefusesARequestThatIsWrong) {
  const http::Response response = std::get<http::Response>(
      handle("POST", "/v1/chat/completions", "{", {{"x-mock-session", "s"}}));

  EXPECT_EQ(response.status, 400);
  EXPECT_THAT(response.body, HasSubstr("We could not parse the JSON body"));
  EXPECT_EQ(journal()[0]["outcome"], "invalid");
  EXPECT_EQ(journal()[0]["session"], "s");
}

TEST_F(AService, RefusesTwoSessionsThatDisagree) {
  const http::Response response =
      chat("hello", {}, {{"x-mock-session", "a"}}, "/s/b/v1/chat/completions");

  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(json::parse(response.body)["error"]["code"], "session_conflict");
}

TEST_F(AService, RefusesAWrongPathOrMethod) {
  const http::Response unknown = std::get<http::Response>(handle("POST", "/v1/foo", "{}"));
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(json::parse(unknown.body)["error"]["message"], "Invalid URL (POST /v1/foo)");

  const http::Response wrong = get("/v1/chat/completions");
  EXPECT_EQ(wrong.status, 405);
  EXPECT_EQ(header(wrong, "allow"), "POST");
  EXPECT_EQ(std::get<http::Response>(handle("POST", "/v1/models")).status, 405);
  EXPECT_EQ(std::get<http::Response>(handle("DELETE", "/healthz")).status, 405);
}

TEST_F(AService, ListsModels) {
  EXPECT_EQ(json::parse(get("/v1/models").body)["data"].size(), 2U);
  EXPECT_EQ(json::parse(get("/v1/models/ft%3Aown").body)["id"], "ft:own");
  const http::Response unknown = get("/v1/models/none");
  EXPECT_EQ(unknown.status, 404);
  EXPECT_EQ(json::parse(unknown.body)["error"]["code"], "model_not_found");
}

TEST_F(AService, AsksForAKeyWhereItHasAList) {
  ServiceOptions options;
  options.api_keys = {"sk-good"};
  start(options);

  EXPECT_EQ(chat("hello", {}, {{"authorization", "Bearer sk-good"}}).status, 200);
  const http::Response none = chat("hello");
  EXPECT_EQ(none.status, 401);
  EXPECT_THAT(none.body, HasSubstr("You didn't provide an API key."));
  const http::Response wrong =
      chat("hello", {}, {{"authorization", "Bearer sk-proj-0123456789abcdefghijklmnopqrs"}});
  EXPECT_EQ(wrong.status, 401);
  EXPECT_THAT(wrong.body, HasSubstr("Incorrect API key provided: sk-pr***rs."));
  EXPECT_EQ(json::parse(wrong.body)["error"]["code"], "invalid_api_key");
}

TEST_F(AService, TellsThatAReloadFailedAndServesOn) {
  service_->reload_failed("fixtures/a.yaml:3:1: no such key");

  EXPECT_EQ(chat("hello").status, 200);
  const json ready = json::parse(get("/readyz").body);
  EXPECT_EQ(ready["ready"], true);
  EXPECT_EQ(ready["reload_error"], "fixtures/a.yaml:3:1: no such key");
  EXPECT_THAT(get("/metrics").body, HasSubstr("mockllm_reload_errors_total 1\n"));
}

TEST_F(AService, ShowsItsHealthAndCounts) {
  { const http::Response response = chat("hello"); }

  EXPECT_EQ(get("/healthz").body, R"({"ok":true})");
  const std::string metrics = get("/metrics").body;
  EXPECT_THAT(metrics, HasSubstr("mockllm_calls_total{outcome=\"fixture\"} 1\n"));
  EXPECT_THAT(metrics, HasSubstr("mockllm_fixtures 5\n"));
}

TEST_F(AService, GivesTheEnginesErrorsTheVendorsShape) {
  const http::Response response = service_->refuse(413, "body_bytes_max", "too large");

  EXPECT_EQ(response.status, 413);
  EXPECT_EQ(
      response.body,
      R"({"error":{"message":"too large","type":"invalid_request_error","param":null,"code":"body_bytes_max"}})");
}

TEST_F(AService, KeepsACallOpenUntilItsAnswerIsOut) {
  http::Response response = chat("hello", R"(,"stream":true)", {{"x-mock-session", "s"}});
  EXPECT_EQ(sessions_.find("s")->calls_in_flight, 1);

  static_cast<void>(read(response));
  response.exchange->finished({milliseconds(1), milliseconds(2), false});

  EXPECT_EQ(sessions_.find("s")->calls_in_flight, 0);
}

}  // namespace
}  // namespace mockllm
