#include "mockllm/conversation/canonical_json.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/digest.h"

namespace mockllm {
namespace {

using testing::HasSubstr;

std::string canonical(std::string_view json) {
  base::Result<std::string> result = canonical_json(json);
  return result ? *result : "refused";
}

TEST(CanonicalJson, SortsKeysAndDropsSpace) {
  EXPECT_EQ(canonical(" { \"b\" : [ 1 , 2.50 , -0e+1 ] ,\t\"a\" : { } }\r\n"),
            R"({"a":{},"b":[1,2.50,-0e+1]})");
  EXPECT_EQ(canonical("[]"), "[]");
  EXPECT_EQ(canonical("[[],{\"x\":null},true,false]"), "[[],{\"x\":null},true,false]");
}

TEST(CanonicalJson, WritesEachTextInOneWay) {
  EXPECT_EQ(canonical(R"("\u0041\/\u00e9\ud83d\ude00\n")"), "\"A/\xC3\xA9\xF0\x9F\x98\x80\\n\"");
  EXPECT_EQ(canonical(R"("\ud800x")"), canonical(R"("\udc00x")"))
      << "halves of pairs are no characters";
  EXPECT_EQ(canonical(R"({"\u0062":1,"a":2})"), R"({"a":2,"b":1})");
}

TEST(CanonicalJson, KeepsTheLastOfEqualKeys) {
  EXPECT_EQ(canonical(R"({"a":1,"b":2,"a":3,"a":4})"), R"({"a":4,"b":2})");
}

TEST(CanonicalJson, TakesItsOwnResult) {
  const std::string once = canonical(R"({"z":[{"b":1,"a":"\u0001\""}],"a":1e5})");
  EXPECT_EQ(canonical(once), once);
}

class NoJson : public testing::TestWithParam<const char*> {};

TEST_P(NoJson, IsRefused) {
  EXPECT_EQ(canonical(GetParam()), "refused") << GetParam();
}

INSTANTIATE_TEST_SUITE_P(Table, NoJson,
                         testing::Values("", " ", "{", "}", "[1,]", "{\"a\":1,}", "{a:1}",
                                         "{\"a\" 1}", "[1 2]", "nul", "truex", "01", "1.", ".5",
                                         "+1", "-", "1e", "NaN", "\"a", "\"\\x\"", "\"\\u12\"",
                                         "\"\\u12g4\"", "\"a\nb\"", "1 2", "[1]]", "{\"a\":}",
                                         "'a'", "\xEF\xBB\xBF{}"));

TEST(DeepJson, IsReadToItsLimitAndRefusedAboveIt) {
  const auto nested = [](std::size_t depth) {
    return std::string(depth, '[') + std::string(depth, ']');
  };
  EXPECT_EQ(canonical(nested(128)), nested(128));
  EXPECT_EQ(canonical(nested(129)), "refused");
  EXPECT_EQ(canonical(std::string(1'000'000, '[')), "refused");
  EXPECT_THAT(canonical_json(std::string(129, '{')).error().message, HasSubstr("byte"));
}

TEST(ARequestHash, IsOfTheCanonicalForm) {
  EXPECT_EQ(request_hash("{\"b\":1, \"a\":2}"), "sha256:" + base::sha256_hex("{\"a\":2,\"b\":1}"));
  EXPECT_EQ(request_hash("no json"), "sha256:" + base::sha256_hex("no json"));
}

}  // namespace
}  // namespace mockllm
