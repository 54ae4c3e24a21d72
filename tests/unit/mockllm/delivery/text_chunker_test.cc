#include "mockllm/delivery/text_chunker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mockllm {
namespace {

std::vector<std::string> chunks_of(std::string_view text, std::uint64_t seed) {
  base::SeededRandom random(seed);
  std::vector<std::string> chunks;
  while (!text.empty()) {
    const std::size_t length = next_chunk(text, random);
    EXPECT_GT(length, 0U);
    EXPECT_LE(length, text.size());
    chunks.emplace_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return chunks;
}

TEST(Chunks, AreAboutATokenLong) {
  const std::vector<std::string> chunks = chunks_of(std::string(400, 'x'), 1);

  for (std::size_t i = 0; i + 1 < chunks.size(); ++i) {
    EXPECT_THAT(chunks[i].size(), testing::AllOf(testing::Ge(2U), testing::Le(6U)));
  }
}

TEST(Chunks, FollowTheSeedAlone) {
  const std::string text = "The quick brown fox jumps over the lazy dog.";

  EXPECT_EQ(chunks_of(text, 1), chunks_of(text, 1));
  EXPECT_NE(chunks_of(text, 1), chunks_of(text, 2));
}

TEST(Chunks, NeverSplitAGrapheme) {
  // A family of four, a flag, a letter with two accents, a line end of two characters.
  const std::vector<std::string> graphemes{
      "\U0001F468\u200D\U0001F469\u200D\U0001F467\u200D\U0001F466", "\U0001F1F3\U0001F1F4",
      "e\u0301\u0323", "\r\n"};
  for (const std::string& grapheme : graphemes) {
    std::string text;
    for (int i = 0; i < 12; ++i) {
      text += grapheme;
    }
    for (std::uint64_t seed = 0; seed < 50; ++seed) {
      for (const std::string& chunk : chunks_of(text, seed)) {
        EXPECT_EQ(chunk.size() % grapheme.size(), 0U);
      }
    }
  }
}

TEST(Chunks, DoNotLeaveAnAccentBehindPlainText) {
  // The border after "ab" would cut e + U+0301 of the plain-text path's last letter.
  const std::string text = "abe\u0301abe\u0301abe\u0301abe\u0301";
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    for (const std::string& chunk : chunks_of(text, seed)) {
      EXPECT_NE(static_cast<unsigned char>(chunk.front()), 0xCC) << "an accent starts a chunk";
    }
  }
}

TEST(Chunks, OfBytesThatAreNotUtf8StillEnd) {
  const std::vector<std::string> chunks = chunks_of("\xFF\xFE\x80 \xC3", 3);

  EXPECT_FALSE(chunks.empty());
}

}  // namespace
}  // namespace mockllm
