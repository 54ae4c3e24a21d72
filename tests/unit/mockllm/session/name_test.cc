#include "mockllm/session/name.h"

#include <gtest/gtest.h>

#include <string>

namespace mockllm {
namespace {

TEST(TestOf, IsWhatStandsBetweenTheFirstAndTheLastDot) {
  EXPECT_EQ(test_of("r1.weather.1"), "weather");
  EXPECT_EQ(test_of("r1.agent-cpp~2FSuite.Name.12"), "agent-cpp~2FSuite.Name");
  EXPECT_EQ(test_of("r1.start.0"), "start");
}

TEST(TestOf, IsTheWholeOfAnyOtherName) {
  EXPECT_EQ(test_of("default"), "default");
  EXPECT_EQ(test_of("a.b"), "a.b");
  EXPECT_EQ(test_of("r1..1"), "r1..1");
  EXPECT_EQ(test_of("my.own.session"), "my.own.session");
  EXPECT_EQ(test_of("under_score.test.1"), "under_score.test.1") << "no run is called so";
  EXPECT_EQ(test_of(std::string(25, 'r') + ".test.1"), std::string(25, 'r') + ".test.1");
}

TEST(IsSessionName, TakesTheCharactersOfTheContract) {
  EXPECT_TRUE(is_session_name("r1.weather~2FSuite_x.1"));
  EXPECT_TRUE(is_session_name("a"));
  EXPECT_TRUE(is_session_name(std::string(128, 'x')));
}

TEST(IsSessionName, RefusesEverythingElse) {
  EXPECT_FALSE(is_session_name(""));
  EXPECT_FALSE(is_session_name(std::string(129, 'x')));
  EXPECT_FALSE(is_session_name("a/b"));
  EXPECT_FALSE(is_session_name("a b"));
  EXPECT_FALSE(is_session_name("a%2Fb"));
  EXPECT_FALSE(is_session_name(".."));
  EXPECT_FALSE(is_session_name(std::string("a\0b", 3)));
  EXPECT_FALSE(is_session_name("caf\xC3\xA9"));
}

}  // namespace
}  // namespace mockllm
