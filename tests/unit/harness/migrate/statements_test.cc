#include "harness/migrate/statements.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace harness {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

std::vector<std::string> texts(std::string_view sql) {
  std::vector<std::string> found;
  for (const Statement& statement : split_statements(sql)) {
    found.emplace_back(sql.substr(statement.begin, statement.end - statement.begin));
  }
  return found;
}

TEST(SplitStatements, CutsAtSemicolons) {
  EXPECT_THAT(texts("select 1 ; select 2"), ElementsAre("select 1", "select 2"));
}

TEST(SplitStatements, LeavesOutEmptyOnesAndComments) {
  EXPECT_THAT(texts(" ;; -- a;b\n/* c; /* d; */ ; */ ;\n"), IsEmpty());
  EXPECT_THAT(texts("-- first\nselect 1; -- last"), ElementsAre("select 1"));
}

TEST(SplitStatements, KeepsSemicolonsInQuotes) {
  EXPECT_THAT(texts("select 'a;''b;'; select \"x;\""),
              ElementsAre("select 'a;''b;'", "select \"x;\""));
  EXPECT_THAT(texts(R"(select E'\';'; select 2)"), ElementsAre(R"(select E'\';')", "select 2"));
  EXPECT_THAT(texts(R"(select '\'; select 2)"), ElementsAre(R"(select '\')", "select 2"));
}

TEST(SplitStatements, KeepsSemicolonsInDollarQuotes) {
  EXPECT_THAT(texts("do $$ begin; end; $$; select 2"),
              ElementsAre("do $$ begin; end; $$", "select 2"));
  EXPECT_THAT(texts("do $a$ $b$; $$; $a$; select 2"),
              ElementsAre("do $a$ $b$; $$; $a$", "select 2"));
  EXPECT_THAT(texts("select $1; select a$b$c; select 3"),
              ElementsAre("select $1", "select a$b$c", "select 3"));
}

TEST(SplitStatements, KeepsSemicolonsInTheBodyOfARoutine) {
  const std::string function =
      "create or replace function f() returns int begin atomic select 1; select case when true "
      "then 1 end; end";

  EXPECT_THAT(texts(function + "; select 2"), ElementsAre(function, "select 2"));
}

TEST(SplitStatements, KeepsSemicolonsInTheParenthesesOfARule) {
  EXPECT_THAT(texts("create rule r as on insert to t do (select 1; select 2); select 3"),
              ElementsAre("create rule r as on insert to t do (select 1; select 2)", "select 3"));
}

TEST(SplitStatements, EndsWithTheTextWhateverIsOpen) {
  for (const char* open :
       {"select 'a", "select \"a", "do $$ a", "select 1 /* a", "select (1", "select E'\\"}) {
    EXPECT_EQ(texts(open).size(), 1U) << open;
  }
}

TEST(SplitStatements, NamesTheFirstTwoWords) {
  const std::vector<Statement> statements = split_statements("Create Table t(a int); commit");

  ASSERT_EQ(statements.size(), 2U);
  EXPECT_EQ(statements[0].first_words, "CREATE TABLE");
  EXPECT_EQ(statements[1].first_words, "COMMIT");
}

TEST(LineAndColumn, CountCharacters) {
  const std::string text = "a\nb\xC3\xA9 c";

  EXPECT_EQ(line_and_column(text, 0), "1:1");
  EXPECT_EQ(line_and_column(text, 2), "2:1");
  EXPECT_EQ(line_and_column(text, 6), "2:4");
  EXPECT_EQ(offset_of_character(text, 6), 6U);
  EXPECT_EQ(offset_of_character(text, 99), text.size());
}

}  // namespace
}  // namespace harness
