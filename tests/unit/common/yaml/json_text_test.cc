#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/yaml/reader.h"

namespace yaml {
namespace {

std::string json_of(std::string_view text) {
  const base::Result<std::unique_ptr<Document>> document = Document::parse("a.yaml", text);
  if (!document) {
    return document.error().message;
  }
  const base::Result<std::string> json = (*document)->root().json();
  return json ? *json : json.error().message;
}

TEST(JsonText, KeepsTheTypesOfUnquotedWords) {
  EXPECT_EQ(json_of("[true, false, ~, null, 12, -0.5, 1e5, 0, word]"),
            R"([true,false,null,null,12,-0.5,1e5,0,"word"])");
}

TEST(JsonText, TakesQuotedWordsForText) {
  EXPECT_EQ(json_of(R"(['true', "12", 'null', ""])"), R"(["true","12","null",""])");
}

TEST(JsonText, TakesWordsOfOlderYamlForText) {
  EXPECT_EQ(json_of("[yes, off, 2026-11-22, 12:30, 1.2.3, +, -, '.', 1_000]"),
            R"(["yes","off","2026-11-22","12:30","1.2.3","+","-",".","1_000"])");
}

TEST(JsonText, RefusesNumbersAndBooleansThatJsonCannotSay) {
  for (const std::string_view word :
       {"007", ".5", "5.", "+1", "0x1F", "0o17", ".inf", "-.inf", ".nan", "True", "FALSE"}) {
    EXPECT_EQ(json_of(word), "a.yaml:1:1: expected a value that JSON has too, or quotes, got '" +
                                 std::string(word) + "'");
  }
}

TEST(JsonText, KeepsTheOrderOfKeysAndHasNoWhiteSpace) {
  EXPECT_EQ(json_of("z: 1\na: {y: [], x: {}}\n"), R"({"z":1,"a":{"y":[],"x":{}}})");
}

TEST(JsonText, EscapesText) {
  EXPECT_EQ(json_of("a\"b: \"line\\nbreak\\u0001\"\n"), R"({"a\"b":"line\nbreak\u0001"})");
  EXPECT_EQ(json_of("ø: 日本\n"), "{\"ø\":\"日本\"}");
}

}  // namespace
}  // namespace yaml
