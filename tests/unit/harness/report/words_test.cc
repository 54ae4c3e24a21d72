#include "harness/report/words.h"

#include <gtest/gtest.h>

#include "common/base/clock.h"
#include "common/base/text.h"

namespace harness {
namespace {

TEST(PlainText, HasNoColoursAndNoControlCharacters) {
  EXPECT_EQ(plain_text("a\x1b[1;31mred\x1b[0m\r\n\tb\x01\x7f", 100), "ared\n\tb");
  EXPECT_EQ(plain_text("\x1b[31", 100), "");
}

TEST(PlainText, IsUtf8WhateverCame) {
  EXPECT_EQ(plain_text("gr\xc3\xbc\xc3\x9f", 100), "gr\xc3\xbc\xc3\x9f");
  EXPECT_TRUE(base::is_utf8(plain_text("one\xff\ntwo", 100)));
}

TEST(PlainText, KeepsHeadAndTailOfALongText) {
  std::string umlauts;
  for (int i = 0; i < 1'000; ++i) {
    umlauts += "\xc3\xbc";
  }
  for (const std::size_t bytes_max : {1U, 7U, 100U, 101U, 102U, 103U}) {
    const std::string text = plain_text("x" + umlauts + "y", bytes_max);
    EXPECT_LE(text.size(), std::max<std::size_t>(bytes_max, 5)) << text;
    EXPECT_TRUE(base::is_utf8(text)) << bytes_max;
  }
  const std::string text = plain_text("first" + umlauts + "last", 100);
  EXPECT_EQ(text.find("first"), 0U);
  EXPECT_EQ(text.rfind("last"), text.size() - 4);
}

TEST(ArtifactsText, IsOneLineAndEmptyWhereThereAreNone) {
  EXPECT_EQ(artifacts_text({}), "");
  EXPECT_EQ(artifacts_text({"artifacts/a.1", {{"x", 1}}, {}}), "1 file, 1 byte, in artifacts/a.1");
  EXPECT_EQ(artifacts_text({"artifacts/a.1",
                            {{"x", 1}, {"y", 2'047}},
                            {{"larger than 16 MiB", 1}, {"not readable", 2}}}),
            "2 files, 2.0 KiB, in artifacts/a.1; left out: 1 larger than 16 MiB, 2 not readable");
}

TEST(EpochMs, IsTheTimeThatWasWritten) {
  EXPECT_EQ(epoch_ms("1970-01-01T00:00:00.000Z"), 0);
  EXPECT_EQ(epoch_ms("2026-11-22T10:00:00.123Z"), 1'795'341'600'123);
  const base::WallTime now = base::SystemClock().wall();
  EXPECT_EQ(epoch_ms(base::to_rfc3339(now)), now.time_since_epoch().count());
}

TEST(EpochMs, OfWhatIsNoTimeIsNothing) {
  for (const char* text :
       {"", "yesterday", "2026-13-22T10:00:00.123Z", "2026-11-22T1x:00:00.123Z"}) {
    EXPECT_EQ(epoch_ms(text), 0) << text;
  }
}

}  // namespace
}  // namespace harness
