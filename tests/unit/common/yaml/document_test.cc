#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/base/file.h"
#include "common/yaml/reader.h"

namespace yaml {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::StartsWith;

std::string error_of(std::string_view text, const Limits& limits = {}) {
  const base::Result<std::unique_ptr<Document>> document = Document::parse("a.yaml", text, limits);
  return document ? "parsed" : document.error().message;
}

std::string json_of(std::string_view text, const Limits& limits = {}) {
  const base::Result<std::unique_ptr<Document>> document = Document::parse("a.yaml", text, limits);
  if (!document) {
    return document.error().message;
  }
  const base::Result<std::string> json = (*document)->root().json();
  return json ? *json : json.error().message;
}

std::string nested(std::size_t depth) {
  return std::string(depth, '[') + std::string(depth, ']');
}

TEST(Document, HoldsWhatTheTextSays) {
  EXPECT_EQ(json_of("a: 1\nb: [x, y]\nc:\n  d: true\n"), R"({"a":1,"b":["x","y"],"c":{"d":true}})");
}

TEST(Document, ReadsJsonToo) {
  EXPECT_EQ(json_of(R"({"a": [1, {"b": "two"}], "null": null})"),
            R"({"a":[1,{"b":"two"}],"null":null})");
}

TEST(Document, IsNullWhereTheTextIsEmpty) {
  for (const std::string_view text : {"", "\n", "# a comment\n", "---\n"}) {
    const base::Result<std::unique_ptr<Document>> document = Document::parse("a.yaml", text);
    ASSERT_TRUE(document) << text;
    EXPECT_EQ((*document)->root().kind(), Node::Kind::kNull) << text;
  }
}

TEST(Document, RefusesASecondDocument) {
  EXPECT_THAT(error_of("a: 1\n---\nb: 2\n"), HasSubstr("a second document starts here"));
}

TEST(Document, NamesThePlaceOfASyntaxError) {
  EXPECT_THAT(error_of("a: 1\nb: [1, 2\nc: 3\n"), StartsWith("a.yaml:3:"));
  EXPECT_THAT(error_of("a: 'open"), StartsWith("a.yaml:1:"));
  EXPECT_THAT(error_of("a: 'open\n"), HasSubstr("without its closing quote"));
  EXPECT_THAT(error_of("a: \"open\nb: 2\n"), StartsWith("a.yaml:3:1: "));
  EXPECT_THAT(error_of("a: *nowhere\n"), StartsWith("a.yaml:1:"));
}

TEST(Document, RefusesADuplicateKeyAtItsPlace) {
  EXPECT_EQ(error_of("a: 1\nb: 2\na: 3\n"), "a.yaml:3:1: the key 'a' is there twice");
  EXPECT_EQ(error_of("x: {'a': 1, a: 2}"), "a.yaml:1:13: the key 'a' is there twice");
}

TEST(Document, RefusesKeysThatAreNotText) {
  EXPECT_EQ(error_of("[1, 2]: x\n"), "a.yaml:1:1: expected a text as key");
  EXPECT_EQ(error_of("{a: 1}: x\n"), "a.yaml:1:1: expected a text as key");
  EXPECT_EQ(error_of("null: x\n"), "a.yaml:1:1: expected a text as key");
}

TEST(Document, RefusesMergeKeysAndTags) {
  EXPECT_THAT(error_of("a: &a {b: 1}\nc:\n  <<: *a\n"),
              StartsWith("a.yaml:3:3: the merge key '<<'"));
  EXPECT_EQ(json_of("'<<': 1\n"), R"({"<<":1})");
  EXPECT_THAT(error_of("a: !!python/object 1\n"), HasSubstr("is not supported"));
  EXPECT_THAT(error_of("a: !!map {b: 1}\n"), HasSubstr("is not supported"));
}

TEST(Document, RefusesBytesThatAreNotText) {
  EXPECT_EQ(error_of("a: 1\nb: \xff\n"), "a.yaml:2:1: this line is not UTF-8");
  EXPECT_EQ(error_of("a: 1\nb: x\x04y\n"), "a.yaml:2:5: a control character, expected text");
  EXPECT_EQ(error_of(std::string_view("\0a: 1", 5)),
            "a.yaml:1:1: a control character, expected text");
}

TEST(Document, AcceptsAByteOrderMarkAndCarriageReturns) {
  EXPECT_EQ(json_of("\xEF\xBB\xBF"
                    "a: 1\r\nb: 2\r\n"),
            R"({"a":1,"b":2})");
}

TEST(Document, KeepsTheLastLineBreakOfABlockAsWritten) {
  EXPECT_EQ(json_of("a: |\n  x\n"), R"({"a":"x\n"})");
  EXPECT_EQ(json_of("a: |\n  x"), R"({"a":"x"})");
  EXPECT_EQ(json_of("a: |+\n  x\n\n"), R"({"a":"x\n\n"})");
  EXPECT_EQ(json_of("a: |-\n  x\n"), R"({"a":"x"})");
}

TEST(Document, ExpandsAliases) {
  EXPECT_EQ(json_of("a: &x [1, 2]\nb: *x\nc: [*x, *x]\n"),
            R"({"a":[1,2],"b":[1,2],"c":[[1,2],[1,2]]})");
}

TEST(Document, RefusesAnAliasInsideItsOwnValue) {
  EXPECT_THAT(error_of("&a [*a]"), HasSubstr("stands inside the value that it names"));
  EXPECT_THAT(error_of("&a {x: {y: *a}}"), HasSubstr("stands inside the value that it names"));
}

TEST(DocumentLimits, BoundBytes) {
  EXPECT_EQ(error_of("a: 12", {.bytes_max = 4}), "a.yaml: 5 bytes, expected at most 4");
  EXPECT_EQ(error_of("a: 1", {.bytes_max = 4}), "parsed");
}

TEST(DocumentLimits, BoundDepthExactly) {
  EXPECT_EQ(error_of(nested(10), {.depth_max = 10}), "parsed");
  EXPECT_THAT(error_of(nested(11), {.depth_max = 10}),
              StartsWith("a.yaml:1:11: nested too deeply, expected at most 10 levels"));
}

TEST(DocumentLimits, BoundDepthThroughAliases) {
  const Limits limits{.depth_max = 5};

  EXPECT_EQ(error_of("a: &a [[x]]\nb: [[*a]]\n", limits), "parsed");
  EXPECT_THAT(error_of("a: &a [[x]]\nb: [[[*a]]]\n", limits), HasSubstr("nested too deeply"));
}

TEST(DocumentLimits, SurviveAMillionBrackets) {
  EXPECT_THAT(error_of(std::string(1'000'000, '[')), StartsWith("a.yaml:1:"));
  EXPECT_THAT(error_of(std::string(1'000'000, '{')), StartsWith("a.yaml:1:"));
  std::string indented;
  for (int i = 0; i < 2'000; ++i) {
    indented += std::string(static_cast<std::size_t>(i), ' ') + "a:\n";
  }
  EXPECT_THAT(error_of(indented), HasSubstr("nested too deeply"));
  std::string dashes;
  for (int i = 0; i < 100'000; ++i) {
    dashes += "- ";
  }
  EXPECT_THAT(error_of(dashes), StartsWith("a.yaml:1:"));
}

TEST(DocumentLimits, RefuseMoreFlowValuesThanCouldBeKept) {
  EXPECT_EQ(error_of(std::string(11, '['), {.nodes_max = 10}),
            "a.yaml: too many values, expected at most 10");
}

// Ten names, each ten times the one before.
std::string laughs(std::string_view seed) {
  std::string text = "a0: &a0 " + std::string(seed) + "\n";
  for (int i = 1; i < 10; ++i) {
    const std::string before = "*a" + std::to_string(i - 1);
    text += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + before;
    for (int j = 1; j < 10; ++j) {
      text += ", " + before;
    }
    text += "]\n";
  }
  return text;
}

TEST(DocumentLimits, SurviveABillionLaughs) {
  EXPECT_THAT(error_of(laughs("lol")), AllOf(StartsWith("a.yaml:"), HasSubstr("too many values")));
  EXPECT_THAT(error_of(laughs(std::string(10'000, 'x'))), HasSubstr("too much text"));
}

TEST(DocumentLimits, CountValuesWithAliasesWrittenOut) {
  EXPECT_EQ(error_of("[1, 2, 3]", {.nodes_max = 4}), "parsed");
  EXPECT_THAT(error_of("[1, 2, 3, 4]", {.nodes_max = 4}), HasSubstr("too many values"));
  EXPECT_THAT(error_of("[&a [1], *a, *a]", {.nodes_max = 6}), HasSubstr("too many values"));
  EXPECT_EQ(error_of("[&a [1], *a, *a]", {.nodes_max = 7}), "parsed");
}

TEST(DocumentFile, IsReadUnderItsPath) {
  base::Result<base::TemporaryDirectory> directory = base::TemporaryDirectory::make("yaml");
  ASSERT_TRUE(directory);
  const std::string path = (directory->path() / "c.yaml").string();
  ASSERT_TRUE(base::write_file(path, "a: {b: 1}\n"));

  const base::Result<std::unique_ptr<Document>> document = Document::load(path);

  ASSERT_TRUE(document);
  EXPECT_EQ((*document)->name(), path);
  EXPECT_EQ(to_string((*document)->root().place()), path + ":1:1");
}

TEST(DocumentFile, IsNamedWhereItIsMissing) {
  const base::Result<std::unique_ptr<Document>> document = Document::load("/nowhere/c.yaml");

  ASSERT_FALSE(document);
  EXPECT_THAT(document.error().message, HasSubstr("/nowhere/c.yaml"));
}

// Whatever the bytes are: an error or a document, never an end of the program.
TEST(Document, SurvivesEveryTruncationAndMutationOfAFile) {
  const std::string text =
      "drydock: fixtures/v1\nfixtures:\n  - &a {name: \"x\\u00e9\", list: [1, 2.5, ~]}\n  - *a\n"
      "  - text: |\n      two\n      lines\n    other: >-\n      folded\n    ? q\n    : 'r'\n";
  for (std::size_t i = 0; i <= text.size(); ++i) {
    json_of(text.substr(0, i));
  }
  for (std::size_t i = 0; i < text.size(); ++i) {
    for (const char c : std::string_view("[]{}:,&*!|>'\"%@`#?-\n\t \x80")) {
      std::string mutated = text;
      mutated[i] = c;
      json_of(mutated);
    }
  }
}

}  // namespace
}  // namespace yaml
