#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "mockllm/wire/openai/chat_completions.h"

namespace mockllm::openai {
namespace {

struct Refused {
  std::string name;
  std::string body;
  std::string message;
  std::optional<std::string> param;
  std::optional<std::string> code;
};

std::string chat(const std::string& messages, const std::string& more = {}) {
  return R"({"model":"m","messages":)" + messages + more + "}";
}

std::string user(const std::string& more = {}) {
  return chat(R"([{"role":"user","content":"hi"}])", more);
}

constexpr const char* kCall =
    R"({"role":"assistant","content":null,"tool_calls":[{"id":"call_a","type":"function","function":{"name":"f","arguments":"{}"}},)"
    R"({"id":"call_b","type":"function","function":{"name":"g","arguments":"{}"}}]})";

const std::string kBadJson =
    "We could not parse the JSON body of your request. (HINT: This likely means you aren't using "
    "your HTTP library correctly. The OpenAI API expects a JSON payload, but what was sent was not "
    "valid JSON. If you have trouble figuring out how to fix this, please contact us through our "
    "help center at help.openai.com.)";

class RefusedRequest : public testing::TestWithParam<Refused> {};

TEST_P(RefusedRequest, GetsTheServicesOwnWords) {
  ChatCompletions wire;
  Prompt prompt;

  const std::optional<WireError> error = wire.decode(GetParam().body, prompt);

  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->message, GetParam().message);
  EXPECT_EQ(error->param, GetParam().param);
  EXPECT_EQ(error->code, GetParam().code);
  EXPECT_EQ(error->status, 400);
  EXPECT_EQ(error->type, "invalid_request_error");
}

const std::vector<Refused> kRefused{
    {"EmptyBody", "", kBadJson, {}, {}},
    {"CutShort", R"({"model":"m")", kBadJson, {}, {}},
    {"TextBehindTheValue", user() + "x", kBadJson, {}, {}},
    {"LoneSurrogate", R"({"model":"\ud800"})", kBadJson, {}, {}},
    {"BytesThatAreNotUtf8", "{\"model\":\"\xFF\"}", kBadJson, {}, {}},
    {"ABodyThatIsAnArray", "[]",
     "Invalid type for 'body': expected an object, but got an array instead.", "body",
     "invalid_type"},
    {"NoModel",
     R"({"messages":[{"role":"user","content":"x"}]})",
     "you must provide a model parameter",
     {},
     {}},
    {"EmptyModel", R"({"model":"","messages":[]})", "you must provide a model parameter", {}, {}},
    {"ModelThatIsANumber", R"({"model":4,"messages":[]})",
     "Invalid type for 'model': expected a string, but got an integer instead.", "model",
     "invalid_type"},
    {"NoMessages", R"({"model":"m"})", "Missing required parameter: 'messages'.", "messages",
     "missing_required_parameter"},
    {"NullMessages", R"({"model":"m","messages":null})", "Missing required parameter: 'messages'.",
     "messages", "missing_required_parameter"},
    {"EmptyMessages", chat("[]"),
     "Invalid 'messages': empty array. Expected an array with minimum length 1, but got an empty "
     "array instead.",
     "messages", "empty_array"},
    {"MessagesThatAreText", chat(R"("hi")"),
     "Invalid type for 'messages': expected an array, but got a string instead.", "messages",
     "invalid_type"},
    {"MessageThatIsText", chat(R"(["hi"])"),
     "Invalid type for 'messages[0]': expected an object, but got a string instead.", "messages[0]",
     "invalid_type"},
    {"NoRole", chat(R"([{"content":"hi"}])"), "Missing required parameter: 'messages[0].role'.",
     "messages[0].role", "missing_required_parameter"},
    {"BadRole", chat(R"([{"role":"robot","content":"hi"}])"),
     "Invalid value: 'robot'. Supported values are: 'system', 'assistant', 'user', 'function', "
     "'tool', and 'developer'.",
     "messages[0].role", "invalid_value"},
    {"NoContent", chat(R"([{"role":"user"}])"),
     "Missing required parameter: 'messages[0].content'.", "messages[0].content",
     "missing_required_parameter"},
    {"NullContentBeforeItsRole",
     chat(R"([{"content":null,"role":"user"}])"),
     "Invalid value for 'content': expected a string, got null.",
     "messages.[0].content",
     {}},
    {"ContentThatIsANumber", chat(R"([{"role":"user","content":1.5}])"),
     "Invalid type for 'messages[0].content': expected one of a string or array of objects, but "
     "got a decimal instead.",
     "messages[0].content", "invalid_type"},
    {"UnknownContentPart",
     chat(
         R"([{"role":"user","content":"a"},{"role":"user","content":[{"type":"hologram","text":"x"}]}])"),
     "Invalid 'messages[1]'. Content blocks are expected to be either text or image_url type.",
     "messages[1]", "invalid_value"},
    {"TextPartWithoutText", chat(R"([{"role":"user","content":[{"type":"text"}]}])"),
     "Invalid 'messages[0]'. Content blocks are expected to be either text or image_url type.",
     "messages[0]", "invalid_value"},
    {"StreamOptionsWithoutStream",
     user(R"(,"stream_options":{"include_usage":true})"),
     "The 'stream_options' parameter is only allowed when 'stream' is enabled.",
     "stream_options",
     {}},
    {"StreamThatIsText", user(R"(,"stream":"yes")"),
     "Invalid type for 'stream': expected a boolean, but got a string instead.", "stream",
     "invalid_type"},
    {"TemperatureThatIsText", user(R"(,"temperature":"hot")"),
     "Invalid type for 'temperature': expected a decimal, but got a string instead.", "temperature",
     "invalid_type"},
    {"NoChoices", user(R"(,"n":0)"),
     "Invalid 'n': integer below minimum value. Expected a value >= 1, but got 0 instead.", "n",
     "integer_below_min_value"},
    {"TooManyChoices", user(R"(,"n":129)"),
     "Invalid 'n': integer above maximum value. Expected a value <= 128, but got 129 instead.", "n",
     "integer_above_max_value"},
    {"ToolChoiceWithoutTools",
     user(R"(,"tool_choice":"auto")"),
     "Invalid value for 'tool_choice': 'tool_choice' is only allowed when 'tools' are specified.",
     "tool_choice",
     {}},
    {"ToolWithoutName", user(R"(,"tools":[{"type":"function","function":{}}])"),
     "Missing required parameter: 'tools[0].function.name'.", "tools[0].function.name",
     "missing_required_parameter"},
    {"ToolResultWithoutId", chat(R"([{"role":"tool","content":"12"}])"),
     "Missing required parameter: 'messages[0].tool_call_id'.", "messages[0].tool_call_id",
     "missing_required_parameter"},
    {"ToolResultWithoutCall",
     chat(R"([{"role":"user","content":"a"},{"role":"tool","tool_call_id":"x","content":"12"}])"),
     "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with "
     "'tool_calls'.",
     "messages.[1].role",
     {}},
    {"ToolResultOfAnotherCall",
     chat("[" + std::string(kCall) + R"(,{"role":"tool","tool_call_id":"call_x","content":"1"}])"),
     "Invalid parameter: 'tool_call_id' of 'call_x' not found in 'tool_calls' of previous message.",
     "messages.[1].tool_call_id",
     {}},
    {"CallsWithoutResults",
     chat("[" + std::string(kCall) + R"(,{"role":"user","content":"and?"}])"),
     "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
     "'tool_call_id'. The following tool_call_ids did not have response messages: call_a, call_b",
     "messages.[0].role",
     {}},
    {"OneCallWithoutResult",
     chat("[" + std::string(kCall) + R"(,{"role":"tool","tool_call_id":"call_b","content":"1"}])"),
     "An assistant message with 'tool_calls' must be followed by tool messages responding to each "
     "'tool_call_id'. The following tool_call_ids did not have response messages: call_a",
     "messages.[0].role",
     {}},
};

INSTANTIATE_TEST_SUITE_P(Chat, RefusedRequest, testing::ValuesIn(kRefused),
                         [](const auto& instance) { return instance.param.name; });

std::string nested(std::size_t depth) {
  // The request's own object and the array of messages are two of the levels.
  const std::size_t more = depth - 1;
  return R"({"model":"m","messages":[{"role":"user","content":"hi"}],"metadata":)" +
         std::string(more, '[') + std::string(more, ']') + "}";
}

TEST(NestedRequest, IsTakenAtTheLimitAndRefusedAboveIt) {
  ChatCompletions wire;
  Prompt prompt;

  EXPECT_FALSE(wire.decode(nested(127), prompt).has_value());
  const std::optional<WireError> error = wire.decode(nested(129), prompt);

  ASSERT_TRUE(error.has_value());
  EXPECT_THAT(error->message, testing::HasSubstr("nested deeper than 128"));
}

TEST(NestedRequest, OfAMillionLevelsIsRefused) {
  ChatCompletions wire;
  Prompt prompt;

  EXPECT_TRUE(wire.decode(std::string(1'000'000, '['), prompt).has_value());
}

TEST(ARequestOfTooManyMessages, IsRefused) {
  ChatCompletions wire;
  Prompt prompt;
  std::string messages = R"([{"role":"user","content":""})";
  for (int i = 0; i < 65'536; ++i) {
    messages += R"(,{"role":"user","content":""})";
  }

  const std::optional<WireError> error = wire.decode(chat(messages + "]"), prompt);

  ASSERT_TRUE(error.has_value());
  EXPECT_EQ(error->code, "array_above_max_length");
}

TEST(ARefusedRequest, LeavesTheNextOneAlone) {
  ChatCompletions wire;
  Prompt prompt;

  EXPECT_TRUE(wire.decode("{", prompt).has_value());
  EXPECT_TRUE(wire.decode(std::string(200, '['), prompt).has_value());

  EXPECT_FALSE(wire.decode(user(), prompt).has_value());
}

}  // namespace
}  // namespace mockllm::openai
