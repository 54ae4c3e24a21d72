#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "common/yaml/reader.h"

namespace yaml {
namespace {

class MappingTest : public testing::Test {
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

TEST_F(MappingTest, FindsItsKeys) {
  const base::Result<Mapping> mapping =
      Mapping::of(root("name: x\nempty:\n"), {"name", "empty", "other"});

  ASSERT_TRUE(mapping);
  EXPECT_EQ(*mapping->find("name")->text(), "x");
  EXPECT_FALSE(mapping->find("empty"));
  EXPECT_FALSE(mapping->find("other"));
}

TEST_F(MappingTest, TellsAnExplicitNullFromAnAbsentKey) {
  const base::Result<Mapping> mapping = Mapping::of(root("empty:\n"), {"empty", "other"});

  ASSERT_TRUE(mapping);
  EXPECT_NE(mapping->entry("empty"), nullptr);
  EXPECT_EQ(mapping->entry("other"), nullptr);
}

TEST_F(MappingTest, NamesTheNearestKeyOfATypo) {
  EXPECT_EQ(error_of(Mapping::of(root("nmae: x\n"), {"name", "match"})),
            "a.yaml:1:1: unknown key 'nmae', did you mean 'name'?");
}

TEST_F(MappingTest, ListsTheKeysWhereNoneIsNear) {
  EXPECT_EQ(error_of(Mapping::of(root("zzz: x\n"), {"name", "match"})),
            "a.yaml:1:1: unknown key 'zzz', expected one of: name, match");
}

TEST_F(MappingTest, ReportsEveryUnknownKey) {
  EXPECT_EQ(error_of(Mapping::of(root("nam: x\nname: y\nmatsh: z\n"), {"name", "match"})),
            "a.yaml:1:1: unknown key 'nam', did you mean 'name'?\n"
            "a.yaml:3:1: unknown key 'matsh', did you mean 'match'?");
}

TEST_F(MappingTest, GoesOnWithTheKnownKeysWhereMistakesAreCollected) {
  Mistakes mistakes;

  const std::optional<Mapping> mapping =
      Mapping::of(root("nam: x\nname: y\n"), {"name", "match"}, mistakes);

  ASSERT_TRUE(mapping);
  EXPECT_EQ(mistakes.count(), 1U);
  EXPECT_EQ(*mapping->find("name")->text(), "y");
}

TEST_F(MappingTest, IsNotASequence) {
  EXPECT_EQ(error_of(Mapping::of(root("[a]"), {"a"})),
            "a.yaml:1:1: expected a mapping, got a sequence");
}

TEST_F(MappingTest, NeedsWhatIsNeeded) {
  const base::Result<Mapping> mapping = Mapping::of(root("\n  a: 1\n"), {"a", "b"});

  ASSERT_TRUE(mapping);
  EXPECT_TRUE(mapping->need("a"));
  EXPECT_EQ(error_of(mapping->need("b")), "a.yaml:2:3: the key 'b' is missing");
}

TEST_F(MappingTest, FallsBackOnlyWhereTheKeyIsAbsent) {
  const base::Result<Mapping> mapping =
      Mapping::of(root("t: x\nb: false\ni: 3\nn: 0.5\nbad: x\n"), {"t", "b", "i", "n", "bad"});

  ASSERT_TRUE(mapping);
  EXPECT_EQ(*mapping->text_or("t", "y"), "x");
  EXPECT_EQ(*mapping->text_or("none", "y"), "y");
  EXPECT_FALSE(*mapping->boolean_or("b", true));
  EXPECT_TRUE(*mapping->boolean_or("none", true));
  EXPECT_EQ(*mapping->integer_or("i", 0, 9, 7), 3);
  EXPECT_EQ(*mapping->integer_or("none", 0, 9, 7), 7);
  EXPECT_DOUBLE_EQ(*mapping->number_or("n", 0, 1, 0.1), 0.5);
  EXPECT_DOUBLE_EQ(*mapping->number_or("none", 0, 1, 0.1), 0.1);
  EXPECT_EQ(error_of(mapping->integer_or("bad", 0, 9, 7)),
            "a.yaml:5:6: expected a whole number from 0 to 9, got 'x'");
}

}  // namespace
}  // namespace yaml
