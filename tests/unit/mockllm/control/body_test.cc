#include "mockllm/control/body.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockllm {
namespace {

using testing::HasSubstr;

std::string refusal(std::string_view text, std::vector<std::string> keys) {
  const base::Result<Body> body = Body::read(text, std::move(keys));
  return body ? "none" : body.error().message;
}

TEST(ABody, IsReadByItsKeys) {
  const Body body = *Body::read(R"({"t":"x","b":false,"i":7,"l":["a"],"c":{"k":2},"n":null})",
                                {"t", "b", "i", "l", "c", "n"});
  EXPECT_EQ(**body.text("t"), "x");
  EXPECT_EQ(**body.boolean("b"), false);
  EXPECT_EQ(**body.integer("i", 0, 7), 7);
  EXPECT_EQ((*body.texts("l"))->size(), 1U);
  EXPECT_EQ((*body.counts("c"))->at("k"), 2);
  EXPECT_FALSE(body.text("n")->has_value());
  EXPECT_FALSE(body.text("absent")->has_value());
}

TEST(ABody, MayBeEmpty) {
  EXPECT_EQ(refusal("", {}), "none");
  EXPECT_EQ(refusal("  ", {"a"}), "none");
  EXPECT_EQ(refusal("{}", {}), "none");
}

TEST(AnUnknownKey, IsRefusedWithTheNearest) {
  EXPECT_THAT(refusal(R"({"sesion":"x"})", {"session", "force"}),
              HasSubstr("did you mean session?"));
  EXPECT_THAT(refusal(R"({"zzzzzzzz":1})", {"session", "force"}),
              HasSubstr("expected: session, force"));
  EXPECT_THAT(refusal(R"({"a":1})", {}), HasSubstr("none is expected"));
}

TEST(ABody, IsRefusedWhereItIsNoObject) {
  EXPECT_THAT(refusal("[]", {}), HasSubstr("object is expected"));
  EXPECT_THAT(refusal("{\"a\":", {"a"}), HasSubstr("not JSON"));
  EXPECT_THAT(refusal(std::string(100'000, '['), {}), HasSubstr("nested deeper"));
}

TEST(AValueOfAnotherType, IsRefusedWithItsKey) {
  const Body body = *Body::read(R"({"t":1,"i":1.5,"l":["a",2],"c":{"k":-1},"b":"true"})",
                                {"t", "i", "l", "c", "b"});
  EXPECT_THAT(body.text("t").error().message, HasSubstr("t: a string is expected, got 1"));
  EXPECT_FALSE(body.integer("i", 0, 9));
  EXPECT_FALSE(body.texts("l"));
  EXPECT_FALSE(body.counts("c"));
  EXPECT_FALSE(body.boolean("b"));
}

TEST(ANumber, IsRefusedOutOfItsRange) {
  const Body body = *Body::read(R"({"i":8,"big":18446744073709551615,"n":-1})", {"i", "big", "n"});
  EXPECT_TRUE(body.integer("i", 0, 8));
  EXPECT_THAT(body.integer("i", 0, 7).error().message, HasSubstr("from 0 to 7"));
  EXPECT_FALSE(body.integer("big", 0, 9));
  EXPECT_FALSE(body.integer("n", 0, 9));
}

}  // namespace
}  // namespace mockllm
