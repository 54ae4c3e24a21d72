#include "mockllm/cassette/redaction.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockllm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::Pair;

constexpr std::string_view kKey = "sk-proj-abcdefghij0123456789";

std::shared_ptr<const redact::Redactor> redactor() {
  return *redact::Redactor::make({{"K", "hunter2hunter2", "[K]"}}, true);
}

std::vector<RecordedChunk> cut(const std::string& body, const std::vector<std::size_t>& borders) {
  std::vector<RecordedChunk> chunks;
  std::size_t from = 0;
  for (const std::size_t border : borders) {
    chunks.push_back(
        {std::chrono::microseconds(chunks.size() * 10), body.substr(from, border - from)});
    from = border;
  }
  chunks.push_back({std::chrono::microseconds(chunks.size() * 10), body.substr(from)});
  return chunks;
}

std::string joined(const std::vector<RecordedChunk>& chunks) {
  std::string body;
  for (const RecordedChunk& chunk : chunks) {
    body += chunk.bytes;
  }
  return body;
}

// One character per event.
std::string streamed(std::string_view text) {
  std::string stream;
  for (const char c : text) {
    stream += "data: {\"choices\":[{\"index\":0,\"delta\":{\"content\":\"" + std::string(1, c) +
              "\"}}]}\n\n";
  }
  return stream + "data: [DONE]\n\n";
}

TEST(AnAnswerWithoutSecrets, KeepsItsBytesAndItsBorders) {
  const std::vector<RecordedChunk> chunks = cut(streamed("hunter is no secret"), {3, 90, 91});

  const std::vector<RecordedChunk> kept = redacted(chunks, true, redactor());

  ASSERT_EQ(kept.size(), chunks.size());
  for (std::size_t i = 0; i < chunks.size(); ++i) {
    EXPECT_EQ(kept[i].bytes, chunks[i].bytes);
    EXPECT_EQ(kept[i].at, chunks[i].at);
  }
}

TEST(ASecretInOneAnswer, GoesWhereverTheChunksAreCut) {
  const std::string body = "{\"content\":\"the key is hunter2hunter2, keep it\"}";
  for (std::size_t border = 0; border <= body.size(); ++border) {
    const std::string kept = joined(redacted(cut(body, {border}), false, redactor()));
    ASSERT_EQ(kept, "{\"content\":\"the key is [K], keep it\"}") << "cut at " << border;
  }
}

TEST(ASecretInManyEvents, GoesFromAllOfThem) {
  const std::string body = streamed("a " + std::string(kKey) + " and hunter2hunter2!");

  const std::string kept = joined(redacted(cut(body, {100, 1'000}), true, redactor()));

  EXPECT_THAT(kept, HasSubstr("***"));
  EXPECT_THAT(kept, HasSubstr("[K]"));
  EXPECT_THAT(kept, HasSubstr("[DONE]"));
  for (const char c : std::string_view("bcdefghij0123456789u")) {
    EXPECT_THAT(kept, Not(HasSubstr("\"content\":\"" + std::string(1, c) + "\""))) << c;
  }
}

TEST(ASecretInManyEvents, GoesAtEachCutInTwo) {
  for (std::size_t split = 1; split < kKey.size(); ++split) {
    const std::string body = "data: {\"c\":\"x " + std::string(kKey.substr(0, split)) +
                             "\"}\n\ndata: {\"c\":\"" + std::string(kKey.substr(split)) +
                             " y\"}\n\n";
    for (const std::size_t border : {std::size_t{5}, body.size() / 2, body.size() - 5}) {
      ASSERT_EQ(joined(redacted(cut(body, {border}), true, redactor())),
                "data: {\"c\":\"x \"}\n\ndata: {\"c\":\"*** y\"}\n\n")
          << split << " " << border;
    }
  }
}

TEST(ASecretInToolArguments, GoesFromTheCallItIsIn) {
  const std::string body =
      "data: {\"t\":[{\"index\":0,\"a\":\"{\\\"k\\\":\\\"hunter2\"}]}\n\n"
      "data: {\"t\":[{\"index\":1,\"a\":\"hunter2\"}]}\n\n"
      "data: {\"t\":[{\"index\":0,\"a\":\"hunter2\\\"}\"}]}\n\n";

  const std::string kept = joined(redacted(cut(body, {}), true, redactor()));

  EXPECT_THAT(kept, HasSubstr("[K]"));
  EXPECT_THAT(kept, HasSubstr("{\"index\":1,\"a\":\"hunter2\"}")) << "half of a secret is none";
}

TEST(Headers, AreKeptByAnAllowlist) {
  const auto kept = kept_headers({{"Content-Type", "application/json"},
                                  {"set-cookie", "session=abc"},
                                  {"openai-organization", "org-1"},
                                  {"Authorization", "Bearer x"},
                                  {"x-should-retry", "hunter2hunter2"}},
                                 *redactor());

  EXPECT_THAT(kept,
              ElementsAre(Pair("content-type", "application/json"), Pair("x-should-retry", "[K]")));
}

}  // namespace
}  // namespace mockllm
