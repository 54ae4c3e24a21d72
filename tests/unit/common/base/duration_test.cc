#include "common/base/duration.h"

#include <gtest/gtest.h>

#include <string_view>

namespace base {
namespace {

using std::chrono::milliseconds;

TEST(Duration, ReadsEveryUnit) {
  EXPECT_EQ(parse_duration("250ms").value(), milliseconds(250));
  EXPECT_EQ(parse_duration("30s").value(), milliseconds(30'000));
  EXPECT_EQ(parse_duration("2m").value(), milliseconds(120'000));
  EXPECT_EQ(parse_duration("1h").value(), milliseconds(3'600'000));
  EXPECT_EQ(parse_duration("0s").value(), milliseconds(0));
}

TEST(Duration, RefusesWhatIsNone) {
  for (const std::string_view text : {"", "s", "30", "30 s", "-1s", "-0s", "+1s", "1.5s", "1d",
                                      "99999999999999999999s", "9000000000000000h", "1s "}) {
    EXPECT_FALSE(parse_duration(text)) << text;
  }
}

TEST(Duration, NamesTheValueAndTheFormInTheError) {
  EXPECT_EQ(parse_duration("soon").error().message,
            "'soon' is not a duration such as 250ms, 30s, 2m or 1h");
}

TEST(Duration, WritesTheShortestExactForm) {
  for (const std::string_view text : {"0ms", "250ms", "90s", "2m", "1h", "1001ms"}) {
    EXPECT_EQ(format_duration(parse_duration(text).value()), text);
  }
}

}  // namespace
}  // namespace base
