#include "harness/migrate/statements.h"

#include <algorithm>
#include <utility>

namespace harness {
namespace {

constexpr std::size_t kFirstWordsMax = 2;

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Every byte of a character beyond ASCII may be part of a name.
bool is_name_start(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' ||
         static_cast<unsigned char>(c) >= 0x80;
}

bool is_name(char c) {
  return is_name_start(c) || is_digit(c) || c == '$';
}

std::string upper(std::string_view word) {
  std::string out(word);
  std::transform(out.begin(), out.end(), out.begin(), [](char c) {
    return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  });
  return out;
}

// One walk over a text. Each skip_ function stands at the first byte of its thing and goes past its
// end.
class Splitter {
 public:
  explicit Splitter(std::string_view sql) : sql_(sql) {}

  std::vector<Statement> split();

 private:
  [[nodiscard]] bool at(std::string_view text) const {
    return sql_.substr(at_, text.size()) == text;
  }

  void begin_statement();
  void end_statement();
  void skip_line_comment();
  void skip_block_comment();
  void skip_quoted(char quote, bool backslashes);
  void skip_dollar();
  void skip_word();
  void count_blocks(const std::string& word);

  std::string_view sql_;
  std::size_t at_ = 0;
  bool open_ = false;  // inside a statement
  Statement statement_;
  std::size_t words_ = 0;
  int parentheses_ = 0;
  int blocks_ = 0;  // of BEGIN ATOMIC ... END in the body of a function: its semicolons are its own
  bool routine_ = false;
  std::vector<Statement> found_;
};

void Splitter::begin_statement() {
  if (!open_) {
    open_ = true;
    statement_ = {at_, at_, ""};
    words_ = 0;
    parentheses_ = 0;
    blocks_ = 0;
    routine_ = false;
  }
}

void Splitter::end_statement() {
  if (open_) {
    statement_.end = at_;
    while (statement_.end > statement_.begin && is_space(sql_[statement_.end - 1])) {
      --statement_.end;
    }
    found_.push_back(std::move(statement_));
    open_ = false;
  }
}

void Splitter::skip_line_comment() {
  at_ = std::min(sql_.find('\n', at_), sql_.size());
}

void Splitter::skip_block_comment() {
  int depth = 0;
  while (at_ < sql_.size()) {
    if (at("/*")) {
      ++depth;
      at_ += 2;
    } else if (at("*/")) {
      at_ += 2;
      if (--depth == 0) {
        return;
      }
    } else {
      ++at_;
    }
  }
}

// A doubled quote ends one text and begins the next: the same to us.
void Splitter::skip_quoted(char quote, bool backslashes) {
  for (++at_; at_ < sql_.size() && sql_[at_] != quote; ++at_) {
    if (backslashes && sql_[at_] == '\\') {
      ++at_;
    }
  }
  at_ = std::min(at_ + 1, sql_.size());
}

// "$body$ ... $body$"; a lone '$' as in $1 is passed over.
void Splitter::skip_dollar() {
  std::size_t end = at_ + 1;
  while (end < sql_.size() && is_name(sql_[end]) && sql_[end] != '$') {
    ++end;
  }
  if (end >= sql_.size() || sql_[end] != '$' || is_digit(sql_[at_ + 1])) {
    ++at_;
    return;
  }
  const std::string_view tag = sql_.substr(at_, end + 1 - at_);
  const std::size_t close = sql_.find(tag, end + 1);
  at_ = close == std::string_view::npos ? sql_.size() : close + tag.size();
}

void Splitter::count_blocks(const std::string& word) {
  if (words_ <= 4 && statement_.first_words.starts_with("CREATE") &&
      (word == "FUNCTION" || word == "PROCEDURE")) {
    routine_ = true;
  } else if (routine_ && parentheses_ == 0) {
    if (word == "BEGIN" || (blocks_ > 0 && word == "CASE")) {
      ++blocks_;
    } else if (blocks_ > 0 && word == "END") {
      --blocks_;
    }
  }
}

void Splitter::skip_word() {
  const std::size_t begin = at_;
  while (at_ < sql_.size() && is_name(sql_[at_])) {
    ++at_;
  }
  const std::string word = upper(sql_.substr(begin, at_ - begin));
  if (word == "E" && at_ < sql_.size() && sql_[at_] == '\'') {
    skip_quoted('\'', true);
    return;
  }
  if (++words_ <= kFirstWordsMax) {
    statement_.first_words += (words_ == 1 ? "" : " ") + word;
  }
  count_blocks(word);
}

std::vector<Statement> Splitter::split() {
  while (at_ < sql_.size()) {
    const char c = sql_[at_];
    if (is_space(c)) {
      ++at_;
    } else if (at("--")) {
      skip_line_comment();
    } else if (at("/*")) {
      skip_block_comment();
    } else if (c == ';' && parentheses_ <= 0 && blocks_ == 0) {
      end_statement();
      ++at_;
    } else {
      begin_statement();
      if (c == '\'' || c == '"') {
        skip_quoted(c, false);
      } else if (c == '$') {
        skip_dollar();
      } else if (is_name_start(c)) {
        skip_word();
      } else {
        parentheses_ += c == '(' ? 1 : (c == ')' ? -1 : 0);
        ++at_;
      }
    }
  }
  end_statement();
  return std::move(found_);
}

}  // namespace

std::vector<Statement> split_statements(std::string_view sql) {
  return Splitter(sql).split();
}

const Statement* statement_at(const std::vector<Statement>& statements, std::size_t offset) {
  const Statement* found = nullptr;
  for (const Statement& statement : statements) {
    if (statement.begin <= offset) {
      found = &statement;
    }
  }
  return found;
}

std::string line_and_column(std::string_view text, std::size_t offset) {
  const std::string_view before = text.substr(0, offset);
  const auto line = 1 + std::count(before.begin(), before.end(), '\n');
  const std::size_t newline = before.rfind('\n');
  const std::string_view in_line =
      newline == std::string_view::npos ? before : before.substr(newline + 1);
  const auto column = 1 + std::count_if(in_line.begin(), in_line.end(), [](char c) {
                        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
                      });
  return std::to_string(line) + ":" + std::to_string(column);
}

std::size_t offset_of_character(std::string_view text, std::size_t number) {
  std::size_t seen = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool starts = (static_cast<unsigned char>(text[i]) & 0xC0U) != 0x80U;
    if (starts && ++seen == number) {
      return i;
    }
  }
  return text.size();
}

}  // namespace harness
