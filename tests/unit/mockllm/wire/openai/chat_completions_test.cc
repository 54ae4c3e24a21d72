#include "mockllm/wire/openai/chat_completions.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include <nlohmann/json.hpp>

namespace mockllm::openai {
namespace {

using nlohmann::json;
using testing::IsEmpty;
using testing::MatchesRegex;
using testing::SizeIs;

class ChatRequest : public testing::Test {
 protected:
  void decode(const std::string& text) {
    body_ = text;
    const std::optional<WireError> error = wire_.decode(body_, prompt_);
    ASSERT_FALSE(error.has_value()) << error->message;
  }

  ChatCompletions wire_;
  std::string body_;
  Prompt prompt_;
};

TEST_F(ChatRequest, BecomesAPrompt) {
  decode(R"({"model":"gpt-4o","messages":[
    {"role":"developer","content":"be brief"},
    {"role":"user","content":"weather in \"Oslo\"?","name":"ann"},
    {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}]},
    {"role":"tool","tool_call_id":"call_1","content":"12"}],
    "tools":[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object", "properties":{}}}}],
    "tool_choice":{"type":"function","function":{"name":"get_weather"}},
    "response_format":{"type":"json_object"},
    "stream":true,"stream_options":{"include_usage":true},"n":3,"unknown":[1,{}]})");

  EXPECT_EQ(prompt_.model, "gpt-4o");
  ASSERT_THAT(prompt_.messages, SizeIs(4));
  EXPECT_EQ(prompt_.messages[0].role, Role::kDeveloper);
  EXPECT_EQ(prompt_.messages[1].text, "weather in \"Oslo\"?");
  EXPECT_EQ(prompt_.messages[1].name, "ann");
  ASSERT_THAT(prompt_.messages[2].tool_calls, SizeIs(1));
  EXPECT_EQ(prompt_.messages[2].tool_calls[0].id, "call_1");
  EXPECT_EQ(prompt_.messages[2].tool_calls[0].name, "get_weather");
  EXPECT_EQ(prompt_.messages[2].tool_calls[0].arguments, R"({"city":"Oslo"})");
  EXPECT_EQ(prompt_.messages[3].role, Role::kTool);
  EXPECT_EQ(prompt_.messages[3].tool_call_id, "call_1");
  ASSERT_THAT(prompt_.tools, SizeIs(1));
  EXPECT_EQ(prompt_.tools[0].name, "get_weather");
  EXPECT_EQ(prompt_.tools[0].parameters, R"({"type":"object","properties":{}})");
  EXPECT_EQ(prompt_.tool_choice, ToolChoice::kNamed);
  EXPECT_EQ(prompt_.tool_choice_name, "get_weather");
  EXPECT_EQ(prompt_.response_format_type, "json_object");
  EXPECT_EQ(prompt_.response_format, R"({"type":"json_object"})");
  EXPECT_TRUE(prompt_.stream);
  EXPECT_TRUE(prompt_.include_usage);
  EXPECT_EQ(prompt_.choices, 3);
  EXPECT_EQ(prompt_.raw, body_);
}

TEST_F(ChatRequest, JoinsTheTextsOfParts) {
  decode(R"({"model":"m","messages":[{"role":"user","content":[
    {"type":"text","text":"one "},{"type":"image_url","image_url":{"url":"data:"}},
    {"type":"text","text":"two"}]},{"role":"user","content":[{"type":"text","text":"alone"}]},
    {"role":"user","content":[{"type":"text","text":""},{"type":"text","text":"b"}]}]})");

  EXPECT_EQ(prompt_.messages[0].text, "one two");
  EXPECT_EQ(prompt_.messages[1].text, "alone");
  EXPECT_EQ(prompt_.messages[2].text, "b");
}

TEST_F(ChatRequest, TakesNullsForAbsentFields) {
  decode(R"({"model":"m","messages":[{"role":"user","content":"x","name":null}],"tools":null,
    "tool_choice":null,"response_format":null,"stream":null,"stream_options":null,"n":null,
    "temperature":null})");

  EXPECT_FALSE(prompt_.stream);
  EXPECT_THAT(prompt_.tools, IsEmpty());
  EXPECT_EQ(prompt_.choices, 1);
}

TEST_F(ChatRequest, TakesTheOlderFunctionRole) {
  decode(R"({"model":"m","messages":[{"role":"user","content":"x"},
    {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},
    {"role":"function","name":"f","content":"12"}]})");

  EXPECT_EQ(prompt_.messages[2].role, Role::kTool);
}

TEST_F(ChatRequest, KeepsNothingOfTheOneBefore) {
  decode(R"({"model":"m","messages":[{"role":"user","content":"x"},{"role":"user","content":"y"}],
    "tools":[{"type":"function","function":{"name":"a","parameters":{"x":1}}}],"stream":true,"n":2})");
  decode(R"({"model":"n","messages":[{"role":"assistant","content":"z"}]})");

  EXPECT_THAT(prompt_.messages, SizeIs(1));
  EXPECT_THAT(prompt_.tools, IsEmpty());
  EXPECT_FALSE(prompt_.stream);
  EXPECT_EQ(prompt_.choices, 1);
}

TEST_F(ChatRequest, SeesThatAToolsSchemaChanged) {
  const auto with = [](const std::string& schema) {
    return R"({"model":"m","messages":[{"role":"user","content":"x"}],"tools":[{"type":"function","function":{"name":"a","parameters":)" +
           schema + "}}]}";
  };

  decode(with(R"({"x":1})"));
  decode(with(R"({"x":2})"));
  EXPECT_EQ(prompt_.tools[0].parameters, R"({"x":2})");
  decode(with(R"({"x":2})"));
  EXPECT_EQ(prompt_.tools[0].parameters, R"({"x":2})");
}

TEST_F(ChatRequest, OfManyMegabytesIsReadLikeAnyOther) {
  const std::string text(9 * 1024 * 1024, 'x');
  decode(R"({"model":"m","messages":[{"role":"user","content":")" + text + R"("}]})");
  EXPECT_EQ(prompt_.messages[0].text.size(), text.size());

  decode(R"({"model":"m","messages":[{"role":"user","content":"small"}]})");
  EXPECT_EQ(prompt_.messages[0].text, "small");
}

Reply text_reply(const std::string& text) {
  Reply reply;
  reply.choices.emplace_back().text = text;
  return reply;
}

TEST_F(ChatRequest, IsAnsweredWithAWholeObject) {
  decode(R"({"model":"gpt \"4\"","messages":[{"role":"user","content":"x"}]})");
  std::string out;

  wire_.encode(prompt_, text_reply("It is\n12 \xC2\xB0"), Usage{41, 9, 3, 2}, Identity{7}, out);

  const json body = json::parse(out);
  EXPECT_THAT(body["id"].get<std::string>(), MatchesRegex("chatcmpl-[A-Za-z0-9]{29}"));
  EXPECT_EQ(body["object"], "chat.completion");
  EXPECT_GT(body["created"].get<std::int64_t>(), 1'767'225'599);
  EXPECT_EQ(body["model"], "gpt \"4\"");
  EXPECT_EQ(body["choices"], json::parse(R"([{"index":0,"message":{"role":"assistant",
    "content":"It is\n12 °","refusal":null,"annotations":[]},"logprobs":null,"finish_reason":"stop"}])"));
  EXPECT_EQ(body["usage"],
            json::parse(R"({"prompt_tokens":41,"completion_tokens":9,"total_tokens":50,
    "prompt_tokens_details":{"cached_tokens":3,"audio_tokens":0},"completion_tokens_details":
    {"reasoning_tokens":2,"audio_tokens":0,"accepted_prediction_tokens":0,"rejected_prediction_tokens":0}})"));
  EXPECT_EQ(body["service_tier"], "default");
  EXPECT_THAT(body["system_fingerprint"].get<std::string>(), MatchesRegex("fp_[0-9a-f]{10}"));
}

TEST_F(ChatRequest, IsAnsweredWithToolCalls) {
  decode(R"({"model":"m","messages":[{"role":"user","content":"x"}]})");
  Reply reply;
  reply.choices.emplace_back().tool_calls = {{"", "f", R"({"a":1})"}, {"call_own", "g", "{}"}};
  std::string out;

  wire_.encode(prompt_, reply, Usage{}, Identity{7}, out);

  const json choice = json::parse(out)["choices"][0];
  EXPECT_EQ(choice["finish_reason"], "tool_calls");
  EXPECT_TRUE(choice["message"]["content"].is_null());
  const json calls = choice["message"]["tool_calls"];
  EXPECT_THAT(calls[0]["id"].get<std::string>(), MatchesRegex("call_[A-Za-z0-9]{24}"));
  EXPECT_EQ(calls[0]["function"]["arguments"], R"({"a":1})");
  EXPECT_EQ(calls[1]["id"], "call_own");
  EXPECT_EQ(calls[1]["type"], "function");
}

TEST_F(ChatRequest, IsAnsweredWithTheSameBytesForTheSameSeed) {
  decode(R"({"model":"m","messages":[{"role":"user","content":"x"}]})");
  const auto encode = [&](std::uint64_t seed) {
    std::string out;
    wire_.encode(prompt_, text_reply("a"), Usage{}, Identity{seed}, out);
    return out;
  };

  EXPECT_EQ(encode(1), encode(1));
  EXPECT_NE(encode(1), encode(2));
}

TEST_F(ChatRequest, IsRefusedInTheServicesShape) {
  WireError error;
  error.message = "no \"such\" thing";
  error.code = "x";
  std::string out;

  wire_.encode_error(error, R"(,"mockllm":{})", out);

  EXPECT_EQ(
      out,
      R"({"error":{"message":"no \"such\" thing","type":"invalid_request_error","param":null,"code":"x"},"mockllm":{}})");
}

TEST_F(ChatRequest, IsRefusedWithTheUsualTypeOfItsStatus) {
  const auto type_of = [&](int status, const std::string& code) {
    WireError error;
    error.status = status;
    error.type.clear();
    error.code = code;
    std::string out;
    wire_.encode_error(error, {}, out);
    return json::parse(out)["error"]["type"].get<std::string>();
  };

  EXPECT_EQ(type_of(429, "rate_limit_exceeded"), "requests");
  EXPECT_EQ(type_of(429, "insufficient_quota"), "insufficient_quota");
  EXPECT_EQ(type_of(503, "x"), "server_error");
  EXPECT_EQ(type_of(404, "x"), "invalid_request_error");
}

}  // namespace
}  // namespace mockllm::openai
