#include "harness/discover/gtest_list.h"

#include <gtest/gtest.h>

namespace harness {
namespace {

TEST(GtestJson, NamesEachTestWithItsPlace) {
  const auto tests = parse_gtest_json(
      R"({"tests": 2, "name": "AllTests", "testsuites": [{"name": "Some/Values", "testsuite": [
          {"name": "AreSmall/0", "value_param": "1", "file": "/src/a.cc", "line": 7},
          {"name": "DISABLED_Ever", "file": "/src/a.cc", "line": 9}]}]})",
      "suite");

  ASSERT_TRUE(tests);
  ASSERT_EQ(tests->size(), 2U);
  EXPECT_EQ(tests->at(0).id(), "suite/Some/Values.AreSmall/0");
  EXPECT_EQ(tests->at(0).file, "/src/a.cc");
  EXPECT_EQ(tests->at(0).line, 7);
  EXPECT_FALSE(tests->at(0).disabled);
  EXPECT_TRUE(tests->at(1).disabled);
}

// GoogleTest 1.12 writes the two bytes of "ü" as two characters.
TEST(GtestJson, ReadsMangledBytesBack) {
  const auto tests = parse_gtest_json(
      R"({"testsuites": [{"name": "S", "testsuite": [{"name": "\u00C3\u00BC"}, {"name": "\u00FC"}]}]})",
      "s");

  ASSERT_TRUE(tests);
  EXPECT_EQ(tests->at(0).name, "S.\xC3\xBC");
  EXPECT_EQ(tests->at(1).name, "S.\xC3\xBC");
}

TEST(GtestJson, IsRefusedWhereItIsSomethingElse) {
  for (const char* text :
       {"", "[]", "{}", R"({"testsuites": 3})", R"({"testsuites": [{}]})", R"({"testsuites": [)"}) {
    EXPECT_FALSE(parse_gtest_json(text, "s")) << text;
  }
}

TEST(GtestText, SkipsABannerAndParameters) {
  const auto tests = parse_gtest_text(
      "Running main() from gtest_main.cc\nPlain.\n  One\n  DISABLED_Two\n"
      "Typed/0.  # TypeParam = int\n  Three\nSome/Values.\n  Four/0  # GetParam() = \"a # b\"\r\n",
      "s");

  ASSERT_TRUE(tests);
  ASSERT_EQ(tests->size(), 4U);
  EXPECT_EQ(tests->at(0).name, "Plain.One");
  EXPECT_TRUE(tests->at(1).disabled);
  EXPECT_EQ(tests->at(2).name, "Typed/0.Three");
  EXPECT_EQ(tests->at(3).name, "Some/Values.Four/0");
}

TEST(GtestText, IsEmptyWhereABinaryHasNoTests) {
  const auto tests = parse_gtest_text("Running main() from gtest_main.cc\n", "s");

  ASSERT_TRUE(tests);
  EXPECT_TRUE(tests->empty());
}

TEST(GtestText, IsRefusedWhereItIsSomethingElse) {
  EXPECT_FALSE(parse_gtest_text("usage: frobnicate FILE\n", "s"));
  EXPECT_FALSE(parse_gtest_text("Suite.\n  One\nsegmentation imminent\n", "s"));
}

TEST(DisabledNames, StandInAnyPart) {
  EXPECT_TRUE(is_disabled_name("DISABLED_Suite.Test"));
  EXPECT_TRUE(is_disabled_name("Instance/DISABLED_Suite.Test/0"));
  EXPECT_TRUE(is_disabled_name("Suite.DISABLED_Test"));
  EXPECT_FALSE(is_disabled_name("Suite.NotDISABLED_Test"));
}

}  // namespace
}  // namespace harness
