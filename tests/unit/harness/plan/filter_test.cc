#include "harness/plan/filter.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

Filter filter(std::string_view text) {
  base::Result<Filter> parsed = Filter::parse(text);
  EXPECT_TRUE(parsed) << text;
  return parsed ? *parsed : Filter();
}

TEST(Filter, LetsEverythingThroughWhereItIsEmpty) {
  EXPECT_TRUE(Filter().selects("a/b"));
}

TEST(Filter, TakesAPartOfTheId) {
  EXPECT_TRUE(filter("weather").selects("agent/test_weather.py::test_a"));
  EXPECT_FALSE(filter("weather").selects("agent/test_tides.py::test_a"));
}

TEST(Filter, TakesAGlobOfTheWholeId) {
  EXPECT_TRUE(filter("agent/*::test_?").selects("agent/test_weather.py::test_a"));
  EXPECT_FALSE(filter("*::test_?").selects("agent/test_weather.py::test_ab"));
  EXPECT_TRUE(filter("*a*a*b").selects("xaxaab"));
  EXPECT_TRUE(filter("**").selects(""));
}

TEST(Filter, TakesAnyOfSeveralAndNoneOfTheUnwanted) {
  const Filter both = filter("one,two,!three");

  EXPECT_TRUE(both.selects("s/one"));
  EXPECT_TRUE(both.selects("s/two"));
  EXPECT_FALSE(both.selects("s/one-three"));
  EXPECT_FALSE(both.selects("s/four"));
  EXPECT_TRUE(filter("!three").selects("s/four"));
}

TEST(Filter, RefusesAnEmptyPattern) {
  for (const char* text : {"", ",", "a,", "!", "a,,b"}) {
    EXPECT_FALSE(Filter::parse(text)) << text;
  }
}

}  // namespace
}  // namespace harness
