#include "common/base/text.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace base {
namespace {

using std::string_literals::operator""s;

TEST(JsonQuoted, EscapesWhatJsonForbids) {
  EXPECT_EQ(json_quoted("a\"b\\c\n\r\t\x01\x7f/\0"s), R"("a\"b\\c\n\r\t\u0001\u007f/\u0000")");
  EXPECT_EQ(json_quoted("K\xC3\xB6ln \xF0\x9F\x9A\xA2"), "\"K\xC3\xB6ln \xF0\x9F\x9A\xA2\"");
}

TEST(JsonQuoted, ReplacesEachByteThatIsNotUtf8) {
  EXPECT_EQ(json_quoted("a\xC3"), "\"a\xEF\xBF\xBD\"");
  EXPECT_EQ(json_quoted("\xED\xA0\x80"), "\"\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD\"")
      << "a surrogate";
}

TEST(IsUtf8, KnowsTheBordersOfRfc3629) {
  for (const char* good : {"", "a", "\xC2\x80", "\xDF\xBF", "\xE0\xA0\x80", "\xED\x9F\xBF",
                           "\xEE\x80\x80", "\xF0\x90\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    EXPECT_TRUE(is_utf8(good)) << printable(good);
  }
  for (const char* bad :
       {"\x80", "\xC0\x80", "\xC1\xBF", "\xE0\x9F\xBF", "\xED\xA0\x80", "\xF0\x8F\xBF\xBF",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xE2\x82", "\xFF"}) {
    EXPECT_FALSE(is_utf8(bad)) << printable(bad);
  }
}

TEST(Printable, LetsNothingDriveATerminal) {
  EXPECT_EQ(printable("\x1b[2J\xC2\x9B\x31\xff ok"), "\\x1b[2J\\xc2\\x9b1\\xff ok");
}

TEST(Shortened, CutsAtACharactersBorder) {
  EXPECT_EQ(shortened("abc", 3), "abc");
  EXPECT_EQ(shortened("abcd", 3), "abc...");
  EXPECT_EQ(shortened("a\xC3\xB6z", 2), "a...");
}

TEST(NearestName, FindsATypoAndNothingElse) {
  const std::vector<std::string> keys{"match", "reply", "replies", "pace"};

  EXPECT_EQ(nearest_name("mach", keys), "match");
  EXPECT_EQ(nearest_name("Reply", keys), "reply");
  EXPECT_EQ(nearest_name("temperature", keys), std::nullopt);
  EXPECT_EQ(nearest_name("x", keys), std::nullopt);
}

TEST(Split, KeepsEmptyParts) {
  EXPECT_THAT(split(",a,,b", ','), testing::ElementsAre("", "a", "", "b"));
  EXPECT_THAT(split("", ','), testing::ElementsAre(""));
}

TEST(Text, ComparesAndTrimsAsHeadersNeed) {
  EXPECT_TRUE(equals_ignoring_case("Content-Type", "content-type"));
  EXPECT_FALSE(equals_ignoring_case("a", "ab"));
  EXPECT_EQ(trimmed(" \ta b\t "), "a b");
  EXPECT_EQ(trimmed(" \t"), "");
  EXPECT_EQ(to_lower("ABC-\xC3\x84"), "abc-\xC3\x84") << "only ASCII";
  EXPECT_EQ(join(std::vector<std::string>{"a", "b"}, ", "), "a, b");
}

TEST(ConstantTime, ComparesAsEqualityDoes) {
  EXPECT_TRUE(equals_in_constant_time("token", "token"));
  EXPECT_FALSE(equals_in_constant_time("token", "tokeN"));
  EXPECT_FALSE(equals_in_constant_time("token", "token2"));
  EXPECT_FALSE(equals_in_constant_time("token", ""));
  EXPECT_TRUE(equals_in_constant_time("", ""));
}

}  // namespace
}  // namespace base
