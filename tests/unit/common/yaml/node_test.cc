#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/yaml/reader.h"

namespace yaml {
namespace {

using testing::ElementsAre;

class NodeTest : public testing::Test {
 protected:
  Node root(std::string_view text) {
    base::Result<std::unique_ptr<Document>> document = Document::parse("a.yaml", text);
    EXPECT_TRUE(document) << (document ? "" : document.error().message);
    document_ = *std::move(document);
    return document_->root();
  }

  std::unique_ptr<Document> document_;
};

template <typename T>
std::string error_of(const base::Result<T>& result) {
  return result ? "no error" : result.error().message;
}

TEST_F(NodeTest, KnowsItsPlaceFromOne) {
  const std::vector<Node::Entry> entries = *root("a: 1\nbb:   [x,\n  y]\n").entries();

  EXPECT_EQ(to_string(entries[0].key_place), "a.yaml:1:1");
  EXPECT_EQ(to_string(entries[0].value.place()), "a.yaml:1:4");
  EXPECT_EQ(to_string(entries[1].key_place), "a.yaml:2:1");
  EXPECT_EQ(to_string(entries[1].value.place()), "a.yaml:2:7");
  EXPECT_EQ(to_string((*entries[1].value.items())[1].place()), "a.yaml:3:3");
}

TEST_F(NodeTest, GivesEntriesInFileOrder) {
  std::vector<std::string> keys;
  const std::vector<Node::Entry> entries = *root("z: 1\na: 2\nm: 3\n").entries();
  for (const Node::Entry& entry : entries) {
    keys.push_back(entry.key);
  }
  EXPECT_THAT(keys, ElementsAre("z", "a", "m"));
}

TEST_F(NodeTest, GivesScalarsAsWritten) {
  const std::vector<Node> items = *root("[word, 1.50, true, 'quoted', \"a\\nb\"]").items();

  EXPECT_EQ(*items[0].text(), "word");
  EXPECT_EQ(*items[1].text(), "1.50");
  EXPECT_EQ(*items[2].text(), "true");
  EXPECT_EQ(*items[3].text(), "quoted");
  EXPECT_EQ(*items[4].text(), "a\nb");
  EXPECT_FALSE(items[0].is_quoted());
  EXPECT_TRUE(items[3].is_quoted());
}

TEST_F(NodeTest, SaysWhatItExpectedAndWhatItGot) {
  EXPECT_EQ(error_of(root("{a: 1}").text()), "a.yaml:1:1: expected a text, got a mapping");
  EXPECT_EQ(error_of(root("~").text()), "a.yaml:1:1: expected a text, got null");
  EXPECT_EQ(error_of(root("x").items()), "a.yaml:1:1: expected a sequence, got 'x'");
  EXPECT_EQ(error_of(root("[]").entries()), "a.yaml:1:1: expected a mapping, got a sequence");
  EXPECT_EQ(error_of(root("[a, [b]]").texts()), "a.yaml:1:5: expected a text, got a sequence");
}

TEST_F(NodeTest, TakesOnlyTrueAndFalseForBooleans) {
  EXPECT_TRUE(*root("true").boolean());
  EXPECT_FALSE(*root("false").boolean());
  for (const std::string_view text : {"yes", "True", "1", "'true'", "~", "[]"}) {
    EXPECT_FALSE(root(text).boolean()) << text;
  }
}

TEST_F(NodeTest, TakesWholeNumbersInTheirRange) {
  EXPECT_EQ(*root("0").integer(0, 10), 0);
  EXPECT_EQ(*root("-5").integer(-5, 10), -5);
  EXPECT_EQ(error_of(root("11").integer(0, 10)),
            "a.yaml:1:1: expected a whole number from 0 to 10, got '11'");
  for (const std::string_view text :
       {"'5'", "5.0", "5x", "0x5", "99999999999999999999", "", "five"}) {
    EXPECT_FALSE(root(text).integer(0, 10)) << text;
  }
}

TEST_F(NodeTest, TakesFiniteNumbersInTheirRange) {
  EXPECT_DOUBLE_EQ(*root("0.25").number(0, 1), 0.25);
  EXPECT_DOUBLE_EQ(*root("1e-1").number(0, 1), 0.1);
  EXPECT_EQ(error_of(root("1.5").number(0, 1)),
            "a.yaml:1:1: expected a number from 0 to 1, got '1.5'");
  EXPECT_EQ(error_of(root("-1").number(0, 600'000)),
            "a.yaml:1:1: expected a number from 0 to 600000, got '-1'");
  for (const std::string_view text : {"'0.5'", ".5", ".inf", ".nan", "nan", "1e999", "~"}) {
    EXPECT_FALSE(root(text).number(0, 1)) << text;
  }
}

TEST_F(NodeTest, NamesTheNearestOfItsChoices) {
  const std::vector<std::string> roles = {"user", "assistant"};

  EXPECT_EQ(*root("user").one_of(roles), "user");
  EXPECT_EQ(error_of(root("usr").one_of(roles)),
            "a.yaml:1:1: expected one of: user, assistant; got 'usr', did you mean 'user'?");
  EXPECT_EQ(error_of(root("[]").one_of(roles)),
            "a.yaml:1:1: expected one of: user, assistant; got a sequence");
}

TEST_F(NodeTest, ShortensWhatItShows) {
  const std::string error = error_of(root(std::string(500, 'x')).integer(0, 1));

  EXPECT_LT(error.size(), 200U);
}

TEST_F(NodeTest, ShowsNoControlCharacters) {
  EXPECT_EQ(root("\"a\\u001bb\"").description(), "'a\\x1bb'");
}

}  // namespace
}  // namespace yaml
