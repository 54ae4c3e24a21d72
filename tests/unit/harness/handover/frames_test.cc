#include "harness/handover/frames.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/text.h"

namespace harness {
namespace {

using testing::ElementsAre;
using testing::Pair;

constexpr std::string_view kNonce = "abcdefGHIJ0123456789";

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  for (const std::string_view line : base::split(text, '\n')) {
    if (!line.empty()) {
      lines.emplace_back(line);
    }
  }
  return lines;
}

// A record of `bytes` bytes that has every byte value in it.
std::string record_of(std::size_t bytes) {
  std::string record(bytes, '\0');
  for (std::size_t i = 0; i < bytes; ++i) {
    record[i] = static_cast<char>((i * 131 + i / 256) & 0xFFU);
  }
  return record;
}

TEST(Frames, AreWrittenAsTheContractHasThem) {
  // CRC-32C of "123456789" is the check value of RFC 3720.
  EXPECT_EQ(frames_of(kNonce, 7, "123456789"),
            "@@drydock abcdefGHIJ0123456789 7 1/1 9 e3069283 MTIzNDU2Nzg5\n");
}

TEST(Frames, OfALongRecordAreLinesOfAtMostEightKilobytes) {
  const std::string text = frames_of(std::string(64, 'n'), UINT64_MAX, record_of(1'000'000));

  for (const std::string& line : lines_of(text)) {
    EXPECT_LE(line.size() + 1, kFrameLineBytesMax);
  }
  EXPECT_GT(lines_of(text).size(), 100U);
}

class RecordSizes : public testing::TestWithParam<std::size_t> {};

TEST_P(RecordSizes, ComeBack) {
  const std::string record = record_of(GetParam());
  FrameReader reader{std::string(kNonce)};

  for (const std::string& line : lines_of(frames_of(kNonce, 1, record))) {
    EXPECT_TRUE(reader.add(line));
  }

  EXPECT_THAT(reader.records(), ElementsAre(Pair(1U, record)));
  EXPECT_EQ(reader.damaged(), 0U);
}

INSTANTIATE_TEST_SUITE_P(Each, RecordSizes,
                         testing::Values(0, 1, 5'879, 5'880, 5'881, 11'760, 300'000));

TEST(AFrameReader, TakesPartsInAnyOrderAndTwice) {
  FrameReader reader{std::string(kNonce)};
  std::vector<std::string> lines = lines_of(frames_of(kNonce, 3, record_of(20'000)));
  ASSERT_EQ(lines.size(), 4U);

  for (const std::size_t i : {2, 0, 0, 3, 2, 1, 1}) {
    EXPECT_TRUE(reader.add(lines[i]));
  }

  EXPECT_THAT(reader.records(), ElementsAre(Pair(3U, record_of(20'000))));
  EXPECT_EQ(reader.damaged(), 0U);
}

TEST(AFrameReader, LeavesOthersLinesAlone) {
  FrameReader reader{std::string(kNonce)};

  for (const std::string line :
       {"", "passed", "@@drydock", "@@drydock ", "@@drydock 0123456789abcdef0123 1 1/1 1 0 YQ==",
        "x@@drydock abcdefGHIJ0123456789 1 1/1 1 c1d04330 YQ=="}) {
    EXPECT_FALSE(reader.add(line)) << line;
  }
  EXPECT_TRUE(reader.records().empty());
  EXPECT_EQ(reader.damaged(), 0U);
}

class Damaged : public testing::TestWithParam<std::string> {};

TEST_P(Damaged, FramesAreCountedAndNoRecord) {
  FrameReader reader{std::string(kNonce)};

  EXPECT_TRUE(reader.add("@@drydock abcdefGHIJ0123456789 " + GetParam()));

  EXPECT_TRUE(reader.records().empty());
  EXPECT_EQ(reader.damaged(), 1U);
}

INSTANTIATE_TEST_SUITE_P(
    Each, Damaged,
    testing::Values("", "1", "1 1/1 1 c1d04330", "0 1/1 1 c1d04330 YQ==", "1 0/1 1 c1d04330 YQ==",
                    "1 2/1 1 c1d04330 YQ==", "1 1/1 2 c1d04330 YQ==", "1 1/1 1 c1d04331 YQ==",
                    "1 1/1 1 c1d0433 YQ==", "1 1/1 1 c1d04330 YQ=", "1 1/1 1 c1d04330 YQ== more",
                    "-1 1/1 1 c1d04330 YQ==", "1 1/99999999 1 c1d04330 YQ==",
                    "1 1/1 99999999999 c1d04330 YQ=="));

TEST(AFrameReader, NeedsEveryPart) {
  FrameReader reader{std::string(kNonce)};
  const std::vector<std::string> lines = lines_of(frames_of(kNonce, 1, record_of(20'000)));
  for (std::size_t i = 1; i < lines.size(); ++i) {
    reader.add(lines[i]);
  }

  EXPECT_TRUE(reader.records().empty());
  EXPECT_EQ(reader.first_missing(), 1U);

  reader.add_record(1, record_of(20'000));

  EXPECT_EQ(reader.first_missing(), 2U);
}

TEST(AFrameReader, KnowsTheFirstThatIsMissing) {
  FrameReader reader{std::string(kNonce)};
  for (const std::uint64_t seq : {1, 2, 4, 5}) {
    reader.add(lines_of(frames_of(kNonce, seq, "x")).front());
  }

  EXPECT_EQ(reader.first_missing(), 3U);
}

TEST(ANonce, IsLettersAndDigits) {
  EXPECT_TRUE(is_nonce("0123456789abcdef"));
  EXPECT_FALSE(is_nonce("0123456789abcde"));
  EXPECT_FALSE(is_nonce(std::string(65, 'a')));
  EXPECT_FALSE(is_nonce("0123456789abcde "));
  EXPECT_FALSE(is_nonce("0123456789abcde\n"));
}

}  // namespace
}  // namespace harness
