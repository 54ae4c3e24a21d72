// Where the statements of an SQL text are, as PostgreSQL would cut it. What runs in a transaction
// does not depend on it: the server parses the whole text itself; this finds the statement that a
// person is shown, and cuts a file whose statements have to be sent one by one. Private to the
// room.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace harness {

struct Statement {
  std::size_t begin = 0;    // of its first word: comments and space before it are not part of it
  std::size_t end = 0;      // before its semicolon
  std::string first_words;  // upper case, at most two: "CREATE TABLE", "COMMIT"
};

// Empty statements are left out, as the server leaves them out.
std::vector<Statement> split_statements(std::string_view sql);

// The statement that holds `offset`; the last one before it where it is between two.
const Statement* statement_at(const std::vector<Statement>& statements, std::size_t offset);

// "12:5": line and column, both from 1, columns in characters.
std::string line_and_column(std::string_view text, std::size_t offset);

// The byte at which the n-th character (from 1) of UTF-8 `text` begins.
std::size_t offset_of_character(std::string_view text, std::size_t number);

}  // namespace harness
