#include <gtest/gtest.h>

#include <string>

#include "mockllm/wire/openai/chat_completions.h"

namespace mockllm::openai {
namespace {

std::uint64_t hash_of(const std::string& body) {
  ChatCompletions wire;
  Prompt prompt;
  EXPECT_FALSE(wire.decode(body, prompt).has_value()) << body;
  return prompt.canonical_hash;
}

std::uint64_t with_metadata(const std::string& value) {
  return hash_of(R"({"model":"m","messages":[{"role":"user","content":"a"}],"metadata":)" + value +
                 "}");
}

TEST(CanonicalHash, IsEqualForTwoSpellingsOfOneRequest) {
  EXPECT_EQ(hash_of(R"({"model":"m","messages":[{"role":"user","content":"caf\u00e9 \/"}],"n":1})"),
            hash_of(" { \"n\" : 1,\n \"messages\" : [ {\"content\":\"caf\xC3\xA9 /\", "
                    "\"role\":\"user\"} ], \"model\":\"m\" } "));
}

TEST(CanonicalHash, DiffersForTheOrderOfMessages) {
  EXPECT_NE(
      hash_of(
          R"({"model":"m","messages":[{"role":"user","content":"a"},{"role":"user","content":"b"}]})"),
      hash_of(
          R"({"model":"m","messages":[{"role":"user","content":"b"},{"role":"user","content":"a"}]})"));
}

TEST(CanonicalHash, TellsKindsOfValuesApart) {
  const std::vector<std::string> values{"1",     "\"1\"", "1.0",  "true",     "false",  "null",
                                        "[]",    "{}",    "\"\"", "[[]]",     "[null]", "[1,2]",
                                        "[2,1]", "[1]",   "-1",   "{\"1\":1}"};
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      EXPECT_NE(with_metadata(values[i]), with_metadata(values[j])) << values[i] << values[j];
    }
  }
}

TEST(CanonicalHash, CountsAFieldThatNobodyReads) {
  EXPECT_NE(with_metadata(R"({"run":"1"})"), with_metadata(R"({"run":"2"})"));
}

TEST(MessageHash, IsTheSameInEveryRequest) {
  ChatCompletions wire;
  Prompt prompt;
  ASSERT_FALSE(wire.decode(R"({"model":"m","messages":[{"role":"user","content":"a"}]})", prompt));
  const std::uint64_t alone = prompt.messages[0].hash;

  ASSERT_FALSE(wire.decode(
      R"({"model":"x","messages":[{"role":"system","content":"s"},{"content":"a","role":"user"}]})",
      prompt));

  EXPECT_EQ(prompt.messages[1].hash, alone);
  EXPECT_NE(prompt.messages[0].hash, alone);
}

}  // namespace
}  // namespace mockllm::openai
