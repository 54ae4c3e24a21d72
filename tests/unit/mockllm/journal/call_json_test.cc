#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>

#include <nlohmann/json.hpp>

#include "mockllm/conversation/canonical_json.h"
#include "mockllm/journal/journal.h"

namespace mockllm {
namespace {

using nlohmann::json;

// The call of contracts 5.
Call weather_call() {
  auto reply = std::make_shared<Reply>();
  reply->choices.emplace_back().tool_calls.push_back({"", "get_weather", "{\"city\": \"Oslo\"}"});
  Call call;
  call.seq = 1;
  call.session = "r1.weather.1";
  call.selected_by = SelectedBy::kAlias;
  call.at = base::WallTime(std::chrono::milliseconds(1'795'341'600'123));
  call.model = "gpt-4o-mini";
  call.stream = true;
  call.request = "{ \"b\": 1,\n \"a\": [] }";
  call.outcome = Outcome::kFixture;
  call.source = "fixtures/weather.yaml#asks for the weather tool";
  call.reply = reply;
  call.usage = Usage{41, 9, 0, 0};
  call.first_byte_ms = 0.4;
  call.total_ms = 1.2;
  call.open = false;
  return call;
}

TEST(ACallAsJson, HasTheShapeOfTheContract) {
  const json expected = json::parse(R"({"seq": 1, "session": "r1.weather.1", "selected_by": "alias",
    "at": "2026-11-22T10:00:00.123Z", "endpoint": "chat.completions", "model": "gpt-4o-mini", "stream": true,
    "request": {"a": [], "b": 1}, "request_hash": "", "ordinal": 0, "client_retry": 0, "outcome": "fixture",
    "source": "fixtures/weather.yaml#asks for the weather tool", "nearest": [], "masked": [], "status": 200,
    "reply": {"text": null, "tool_calls": [{"name": "get_weather", "arguments": {"city": "Oslo"}}],
    "finish_reason": "tool_calls"}, "usage": {"input": 41, "output": 9},
    "ms": {"first_byte": 0.4, "total": 1.2}, "client_gone": false})");

  json shown = json::parse(Journal::to_json(weather_call()));

  EXPECT_EQ(shown["request_hash"], request_hash("{\"a\":[],\"b\":1}"));
  shown["request_hash"] = "";
  EXPECT_EQ(shown, expected);
}

TEST(ACallAsJson, IsOneLineWhateverWasSent) {
  Call call = weather_call();
  call.request = "not JSON\n\x01\xFF";
  call.model = "a\nb";
  const std::string text = Journal::to_json(call);
  EXPECT_EQ(text.find('\n'), std::string::npos);
  EXPECT_TRUE(json::parse(text)["request"].is_string());
}

TEST(ACallAsJson, SaysNullWhereNothingWasSaid) {
  Call call = weather_call();
  call.reply = nullptr;
  call.usage.reset();
  call.request.clear();
  const json shown = json::parse(Journal::to_json(call));
  EXPECT_TRUE(shown["reply"].is_null());
  EXPECT_TRUE(shown["usage"].is_null());
  EXPECT_TRUE(shown["request"].is_null());
}

TEST(ACallAsJson, ShowsTheNearestFixtures) {
  Call call = weather_call();
  call.nearest = {{"f.yaml#x", 2.0 / 3, {{"messages[-1].text", "contains 'a'", "b"}}}};
  const json shown = json::parse(Journal::to_json(call));
  EXPECT_EQ(shown["nearest"], json::parse(R"([{"fixture": "f.yaml#x", "score": 0.667, "differences":
            [{"field": "messages[-1].text", "expected": "contains 'a'", "actual": "b"}]}])"));
}

TEST(ACallAsJson, ShowsErrorsSeveralChoicesAndWhatIsOpen) {
  auto reply = std::make_shared<Reply>();
  reply->error = ReplyError{
      .status = 429, .type = "", .code = "slow", .param = "", .message = "down", .headers = {}};
  Call call = weather_call();
  call.reply = reply;
  call.open = true;
  EXPECT_EQ(json::parse(Journal::to_json(call))["reply"]["error"]["status"], 429);
  EXPECT_EQ(json::parse(Journal::to_json(call))["open"], true);
  reply->error.reset();
  reply->choices.resize(2);
  reply->choices[1].text = "second";
  const json shown = json::parse(Journal::to_json(call))["reply"];
  EXPECT_EQ(shown["finish_reason"], "stop");
  EXPECT_EQ(shown["choices"][1]["text"], "second");
}

TEST(ArgumentsThatAreNotJson, AreShownAsText) {
  auto reply = std::make_shared<Reply>();
  reply->choices.emplace_back().tool_calls.push_back({"", "t", "{broken"});
  Call call = weather_call();
  call.reply = reply;
  EXPECT_EQ(json::parse(Journal::to_json(call))["reply"]["tool_calls"][0]["arguments"], "{broken");
}

}  // namespace
}  // namespace mockllm
