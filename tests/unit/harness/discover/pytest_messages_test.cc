#include "harness/discover/pytest_messages.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(PytestMessages, AreReadWithTheirFields) {
  const auto message = parse_pytest_message(
      R"(abc phase {"name": "a.py::b", "when": "call", "outcome": "failed", "line": 3, "message": "no", "xfail": ""})",
      "abc");

  ASSERT_TRUE(message);
  EXPECT_EQ(message->event, "phase");
  EXPECT_EQ(message->name, "a.py::b");
  EXPECT_EQ(message->line, 3);
  EXPECT_EQ(message->xfail, "");
}

TEST(PytestMessages, OfAnotherNonceAreNone) {
  EXPECT_FALSE(parse_pytest_message(R"(phase {"when": "call"})", "abc"));
  EXPECT_FALSE(parse_pytest_message(R"(abcd phase {})", "abc"));
  EXPECT_FALSE(parse_pytest_message("abc", "abc"));
  EXPECT_FALSE(parse_pytest_message("abc phase", "abc"));
  EXPECT_FALSE(parse_pytest_message("abc phase {", "abc"));
  EXPECT_FALSE(parse_pytest_message("abc phase [1]", "abc"));
}

TEST(PytestMessages, KeepDefaultsWhereAFieldHasAnotherType) {
  const auto message =
      parse_pytest_message(R"(n start {"name": 3, "line": "x", "expects_misses": "yes"})", "n");

  ASSERT_TRUE(message);
  EXPECT_EQ(message->name, "");
  EXPECT_EQ(message->line, 0);
  EXPECT_FALSE(message->expects_misses);
}

TEST(LineBuffer, PutsPiecesTogether) {
  LineBuffer buffer;

  EXPECT_THAT(buffer.add("on"), IsEmpty());
  EXPECT_THAT(buffer.add("e\ntwo\n\nth"), ElementsAre("one", "two", ""));
  EXPECT_THAT(buffer.add("ree\n"), ElementsAre("three"));
}

TEST(LineBuffer, DropsALineOverTheLimitAndOnlyThat) {
  LineBuffer buffer;

  EXPECT_THAT(buffer.add(std::string(LineBuffer::kMessageBytesMax, 'x')), IsEmpty());
  EXPECT_THAT(buffer.add("x\nnext\n"), ElementsAre("next"));
}

}  // namespace
}  // namespace harness
