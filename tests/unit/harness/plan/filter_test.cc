#include "harness/plan/filter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::HasSubstr;

Filter filter(std::string_view text) {
  base::Result<Filter> parsed = Filter::parse(text);
  EXPECT_TRUE(parsed) << text << ": " << (parsed ? "" : parsed.error().message);
  return parsed ? *parsed : Filter();
}

// "suite/name", of GoogleTest and without tags.
bool selects(const Filter& filter, const std::string& id) {
  const std::size_t slash = id.find('/');
  return filter.selects(
      {id.substr(0, slash), slash == std::string::npos ? "" : id.substr(slash + 1)},
      SuiteKind::kGoogleTest);
}

TEST(Filter, LetsEverythingThroughWhereItIsEmpty) {
  EXPECT_TRUE(selects(Filter(), "a/b"));
}

TEST(Filter, TakesAPartOfTheId) {
  EXPECT_TRUE(selects(filter("weather"), "agent/test_weather.py::test_a"));
  EXPECT_FALSE(selects(filter("weather"), "agent/test_tides.py::test_a"));
}

TEST(Filter, TakesAGlobOfTheWholeId) {
  EXPECT_TRUE(selects(filter("agent/*::test_?"), "agent/test_weather.py::test_a"));
  EXPECT_FALSE(selects(filter("*::test_?"), "agent/test_weather.py::test_ab"));
  EXPECT_TRUE(selects(filter("*a*a*b"), "x/axaab"));
  EXPECT_TRUE(selects(filter("**"), "/"));
}

TEST(Filter, TakesAnyOfSeveralAndNoneOfTheUnwanted) {
  const Filter both = filter("one,two,!three");

  EXPECT_TRUE(selects(both, "s/one"));
  EXPECT_TRUE(selects(both, "s/two"));
  EXPECT_FALSE(selects(both, "s/one-three"));
  EXPECT_FALSE(selects(both, "s/four"));
  EXPECT_TRUE(selects(filter("!three"), "s/four"));
}

TEST(Filter, RefusesAnEmptyPattern) {
  for (const char* text : {"", ",", "a,", "!", "a,,b"}) {
    EXPECT_FALSE(Filter::parse(text)) << text;
  }
}

// One test of pytest and what is known of it.
TestCase sails() {
  TestCase test{"agent", "test_sea.py::TestShip::test_sails[a(b)]"};
  test.file = "tests/agent/test_sea.py";
  test.tags = {"slow", "sea"};
  return test;
}

struct Row {
  const char* expression;
  bool selects;
};

class Expression : public ::testing::TestWithParam<Row> {};

TEST_P(Expression, SelectsWhatItSays) {
  EXPECT_EQ(filter(GetParam().expression).selects(sails(), SuiteKind::kPytest), GetParam().selects)
      << GetParam().expression;
}

INSTANTIATE_TEST_SUITE_P(
    Fields, Expression,
    ::testing::Values(Row{"suite(agent)", true}, Row{"suite(age)", false}, Row{"suite(~age)", true},
                      Row{"suite(age*)", true}, Row{"kind(pytest)", true},
                      Row{"kind(gtest)", false}, Row{"test(sails)", true},
                      Row{"test(agent)", false}, Row{"test(=sails)", false},
                      Row{"test(*sails*)", true}, Row{"test(sails*)", false},
                      Row{"test(/sea.*Ship::test_[a-s]+/)", true}, Row{"test(/^sea/)", false},
                      Row{"file(test_sea.py)", true}, Row{"file(=test_sea.py)", false},
                      Row{"tag(slow)", true}, Row{"tag(slo)", false}, Row{"tag(s*)", true},
                      Row{"tag(/^se/)", true}, Row{"id(agent/test_sea)", true}, Row{"all()", true},
                      Row{"none()", false}));
INSTANTIATE_TEST_SUITE_P(
    Operators, Expression,
    ::testing::Values(
        Row{"~test(sails)", false}, Row{"!test(sails)", false}, Row{"~~test(sails)", true},
        Row{"suite(agent) & tag(sea)", true}, Row{"suite(agent) - tag(sea)", false},
        Row{"suite(agent)-tag(land)", true}, Row{"suite(x) | tag(sea)", true},
        Row{"( suite(x) )", false}, Row{"kind(pytest) & test(~sails) - tag(slow)", false},
        Row{"kind(pytest) - (tag(slow) & tag(land))", true},
        // & and - bind tighter than |, and go from left to right.
        Row{"tag(sea) | suite(x) & suite(y)", true}, Row{"(tag(sea) | suite(x)) & suite(y)", false},
        Row{"all() - tag(land) - tag(slow)", false}, Row{"none() - none() | all()", true}));
INSTANTIATE_TEST_SUITE_P(Texts, Expression,
                         ::testing::Values(Row{"test([a(b)])", true}, Row{"test(\\(b\\))", true},
                                           Row{"test(a\\(b)", true}, Row{"test( sails )", true},
                                           Row{"test(/a\\(b\\)/)", true}));

struct Wrong {
  const char* expression;
  const char* said;
};

class WrongExpression : public ::testing::TestWithParam<Wrong> {};

TEST_P(WrongExpression, IsToldWithItsPlace) {
  const base::Result<Filter> parsed = Filter::parse(GetParam().expression);

  ASSERT_FALSE(parsed) << GetParam().expression;
  EXPECT_THAT(parsed.error().message, HasSubstr(GetParam().said));
}

INSTANTIATE_TEST_SUITE_P(
    All, WrongExpression,
    ::testing::Values(Wrong{"tagg(slow)", "did you mean 'tag'?"},
                      Wrong{"kind(gtst)", "'gtst' is no kind, expected gtest, pytest or command"},
                      Wrong{"tag(slow", "at 5: a ')' is missing"},
                      Wrong{"(tag(slow)", "a ')' is missing"},
                      Wrong{"tag(slow))", "at 10: a ')' too many"},
                      Wrong{"tag(slow) test(x)", "at 11: expected &, |, - or the end"},
                      Wrong{"tag(slow) & Passes", "expected suite, test, file, tag, kind or id"},
                      Wrong{"Passes & tag(slow)", "at 1: expected suite, test"},
                      Wrong{"tag(slow) &", "expected suite"}, Wrong{"tag()", "wants a text"},
                      Wrong{"test(/[/)", "not a regular expression"},
                      Wrong{"test(/a)", "a '/)' is missing"},
                      Wrong{"all(x)", "nothing stands in the ()"}));

TEST(Expression, HasALimitOfDepth) {
  EXPECT_THAT(Filter::parse(std::string(100, '(') + "all()").error().message,
              HasSubstr("nested deeper than 64"));
}

}  // namespace
}  // namespace harness
