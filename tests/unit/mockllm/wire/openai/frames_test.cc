#include "mockllm/wire/openai/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

#include <nlohmann/json.hpp>

namespace mockllm::openai {
namespace {

using nlohmann::json;

// Every `data:` line; fails where the text is not frames of exactly one line each.
std::vector<std::string> frames_of(std::string_view text) {
  std::vector<std::string> frames;
  while (!text.empty()) {
    const std::size_t end = text.find("\n\n");
    EXPECT_NE(end, std::string_view::npos);
    EXPECT_EQ(text.substr(0, 6), "data: ");
    frames.emplace_back(text.substr(6, end - 6));
    EXPECT_EQ(frames.back().find('\n'), std::string::npos);
    text.remove_prefix(end + 2);
  }
  return frames;
}

std::shared_ptr<const Reply> reply_of(ReplyChoice choice) {
  auto reply = std::make_shared<Reply>();
  reply->choices.push_back(std::move(choice));
  return reply;
}

std::vector<std::string> encode(ReplyChoice choice, bool include_usage,
                                const std::vector<ReplyEvent>& events) {
  ChunkEncoder encoder("gpt-4o", include_usage, reply_of(std::move(choice)), Usage{4, 2, 0, 0},
                       Identity{7});
  std::string out;
  for (const ReplyEvent& event : events) {
    encoder.encode(event, out);
  }
  return frames_of(out);
}

ReplyChoice text(const std::string& said) {
  ReplyChoice choice;
  choice.text = said;
  return choice;
}

TEST(AStreamOfText, IsARoleChunkDeltasAndAFinish) {
  const std::vector<std::string> frames = encode(text("Hi!"), false,
                                                 {ReplyStart{}, ChoiceStart{0}, TextDelta{0, "Hi"},
                                                  TextDelta{0, "!"}, ChoiceEnd{0}, ReplyEnd{}});

  ASSERT_EQ(frames.size(), 5U);
  EXPECT_EQ(
      json::parse(frames[0])["choices"],
      json::parse(
          R"([{"index":0,"delta":{"role":"assistant","content":"","refusal":null},"logprobs":null,"finish_reason":null}])"));
  EXPECT_EQ(json::parse(frames[1])["choices"],
            json::parse(
                R"([{"index":0,"delta":{"content":"Hi"},"logprobs":null,"finish_reason":null}])"));
  EXPECT_EQ(json::parse(frames[3])["choices"],
            json::parse(R"([{"index":0,"delta":{},"logprobs":null,"finish_reason":"stop"}])"));
  EXPECT_EQ(frames[4], "[DONE]");
}

TEST(AStreamOfText, HasOneIdentityInAllItsChunks) {
  const std::vector<std::string> frames =
      encode(text("Hi"), false, {ChoiceStart{0}, TextDelta{0, "Hi"}, ChoiceEnd{0}});

  for (const std::string& frame : frames) {
    const json chunk = json::parse(frame);
    EXPECT_EQ(chunk["object"], "chat.completion.chunk");
    EXPECT_EQ(chunk["model"], "gpt-4o");
    EXPECT_EQ(chunk["service_tier"], "default");
    EXPECT_EQ(chunk["id"], json::parse(frames[0])["id"]);
    EXPECT_EQ(chunk["created"], json::parse(frames[0])["created"]);
    EXPECT_EQ(chunk["system_fingerprint"], json::parse(frames[0])["system_fingerprint"]);
    EXPECT_FALSE(chunk.contains("usage"));
  }
}

TEST(AStreamWithUsage, SaysNullUntilTheLastChunk) {
  const std::vector<std::string> frames =
      encode(text("Hi"), true, {ChoiceStart{0}, TextDelta{0, "Hi"}, ChoiceEnd{0}, ReplyEnd{}});

  ASSERT_EQ(frames.size(), 5U);
  for (int i = 0; i < 3; ++i) {
    const json chunk = json::parse(frames[static_cast<std::size_t>(i)]);
    ASSERT_TRUE(chunk.contains("usage"));
    EXPECT_TRUE(chunk["usage"].is_null());
  }
  const json last = json::parse(frames[3]);
  EXPECT_EQ(last["choices"], json::array());
  EXPECT_EQ(last["usage"]["prompt_tokens"], 4);
  EXPECT_EQ(last["usage"]["total_tokens"], 6);
  EXPECT_EQ(frames[4], "[DONE]");
}

TEST(AStreamOfToolCalls, IsAHeaderAndArgumentsForEachCall) {
  ReplyChoice choice;
  choice.tool_calls = {{"", "f", R"({"a":1})"}, {"call_own", "g", "{}"}};

  const std::vector<std::string> frames =
      encode(choice, false,
             {ChoiceStart{0}, ToolCallStart{0, 0}, ToolArgumentsDelta{0, 0, R"({"a)"},
              ToolCallStart{0, 1}, ChoiceEnd{0}});

  EXPECT_TRUE(json::parse(frames[0])["choices"][0]["delta"]["content"].is_null());
  const json header = json::parse(frames[1])["choices"][0]["delta"]["tool_calls"][0];
  EXPECT_THAT(header["id"].get<std::string>(), testing::MatchesRegex("call_[A-Za-z0-9]{24}"));
  EXPECT_EQ(header["type"], "function");
  EXPECT_EQ(header["function"], json::parse(R"({"name":"f","arguments":""})"));
  EXPECT_EQ(json::parse(frames[2])["choices"][0]["delta"],
            json::parse(R"({"tool_calls":[{"index":0,"function":{"arguments":"{\"a"}}]})"));
  const json second = json::parse(frames[3])["choices"][0]["delta"]["tool_calls"][0];
  EXPECT_EQ(second["index"], 1);
  EXPECT_EQ(second["id"], "call_own");
  EXPECT_EQ(json::parse(frames[4])["choices"][0]["finish_reason"], "tool_calls");
}

TEST(AStreamOfReasoningAndRefusal, SaysEachInItsOwnField) {
  const std::vector<std::string> frames =
      encode(text(""), false, {ReasoningDelta{0, "hm"}, RefusalDelta{0, "no"}});

  EXPECT_EQ(json::parse(frames[0])["choices"][0]["delta"],
            json::parse(R"({"reasoning_content":"hm"})"));
  EXPECT_EQ(json::parse(frames[1])["choices"][0]["delta"], json::parse(R"({"refusal":"no"})"));
}

}  // namespace
}  // namespace mockllm::openai
