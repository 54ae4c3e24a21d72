#include "mockllm/wire/openai/reply_reader.h"

#include <gtest/gtest.h>

#include <string>

#include "mockllm/wire/openai/frames.h"
#include "mockllm/wire/openai/reply_writer.h"

namespace mockllm::openai {
namespace {

Reply sample() {
  Reply reply;
  ReplyChoice& choice = reply.choices.emplace_back();
  choice.text = "It is 12 degrees.";
  choice.tool_calls = {{"call_a", "f", R"({"city":"Oslo"})"}, {"call_b", "g", "{}"}};
  choice.finish_reason = "tool_calls";
  return reply;
}

void expect_sample(const Reply& read) {
  ASSERT_EQ(read.choices.size(), 1U);
  const ReplyChoice& choice = read.choices[0];
  EXPECT_EQ(choice.text, "It is 12 degrees.");
  ASSERT_EQ(choice.tool_calls.size(), 2U);
  EXPECT_EQ(choice.tool_calls[0].id, "call_a");
  EXPECT_EQ(choice.tool_calls[0].name, "f");
  EXPECT_EQ(choice.tool_calls[0].arguments, R"({"city":"Oslo"})");
  EXPECT_EQ(choice.tool_calls[1].name, "g");
  EXPECT_EQ(choice.finish_reason, "tool_calls");
  ASSERT_TRUE(read.usage.has_value());
  EXPECT_EQ(read.usage->input, 41);
  EXPECT_EQ(read.usage->output, 9);
  EXPECT_EQ(read.usage->cached, 3);
}

TEST(ARecordedCompletion, IsReadBackAsItWasWritten) {
  std::string out;
  append_completion(out, "m", sample(), Usage{41, 9, 3, 0}, Identity{1});

  const std::optional<Reply> read = read_completion(out);

  ASSERT_TRUE(read.has_value());
  expect_sample(*read);
}

TEST(ARecordedStream, IsPutTogetherFromItsChunks) {
  auto reply = std::make_shared<const Reply>(sample());
  ChunkEncoder encoder("m", true, reply, Usage{41, 9, 3, 0}, Identity{1});
  std::string out = ": a comment\n\n";
  const std::vector<ReplyEvent> events{ChoiceStart{0},
                                       TextDelta{0, "It is "},
                                       TextDelta{0, "12 degrees."},
                                       ToolCallStart{0, 0},
                                       ToolArgumentsDelta{0, 0, R"({"city":)"},
                                       ToolArgumentsDelta{0, 0, R"("Oslo"})"},
                                       ToolCallStart{0, 1},
                                       ToolArgumentsDelta{0, 1, "{}"},
                                       ChoiceEnd{0},
                                       ReplyEnd{}};
  for (const ReplyEvent& event : events) {
    encoder.encode(event, out);
  }

  const std::optional<Reply> read = read_chunks(out);

  ASSERT_TRUE(read.has_value());
  expect_sample(*read);
}

TEST(ARecordedAnswerThatIsNone, IsNotRead) {
  EXPECT_FALSE(read_completion("<html>").has_value());
  EXPECT_FALSE(read_completion(R"({"error":{}})").has_value());
  EXPECT_FALSE(read_chunks("data: [DONE]\n\n").has_value());
  EXPECT_FALSE(read_chunks("").has_value());
}

TEST(ARecordedStreamCutShort, IsReadAsFarAsItGoes) {
  const std::optional<Reply> read = read_chunks(
      "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"Hi\"}}]}\r\n\r\ndata: {\"cho");

  ASSERT_TRUE(read.has_value());
  EXPECT_EQ(read->choices[0].text, "Hi");
}

TEST(AnIndexOutOfAllReason, IsLeftOut) {
  EXPECT_FALSE(read_chunks(R"(data: {"choices":[{"index":4000000000,"delta":{"content":"Hi"}}]})"
                           "\n\n")
                   .has_value());
}

}  // namespace
}  // namespace mockllm::openai
