#include <algorithm>
#include <array>
#include <optional>

#include "common/base/text.h"
#include "harness/plan/filter_node.h"

namespace harness {
namespace {

constexpr int kDepthMax = 64;
constexpr std::size_t kBytesMax = 64 * 1024;
constexpr std::int64_t kRegexMemoryMax = 1 << 20;

struct Word {
  std::string_view name;
  FilterField field;
  bool whole;  // a plain text means the whole field, not a part of it
};

constexpr std::array kWords{
    Word{"id", FilterField::kId, false},     Word{"suite", FilterField::kSuite, true},
    Word{"test", FilterField::kTest, false}, Word{"file", FilterField::kFile, false},
    Word{"tag", FilterField::kTag, true},    Word{"kind", FilterField::kKind, true}};
constexpr std::array<std::string_view, 2> kConstants{"all", "none"};
constexpr std::array kKinds{SuiteKind::kGoogleTest, SuiteKind::kPytest, SuiteKind::kCommand};

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || c == '_';
}

std::string_view word_at(std::string_view text) {
  std::size_t size = 0;
  while (size < text.size() && is_letter(text[size])) {
    ++size;
  }
  return text.substr(0, size);
}

bool is_known(std::string_view name) {
  return std::any_of(kWords.begin(), kWords.end(), [&](const Word& w) { return w.name == name; }) ||
         std::find(kConstants.begin(), kConstants.end(), name) != kConstants.end();
}

std::string expected_words() {
  return "expected suite, test, file, tag, kind or id, each with a text in (), or all() or none()";
}

class Parser {
 public:
  explicit Parser(std::string_view text) : all_(text), rest_(text) {}

  base::Result<FilterNodePointer> parse() {
    if (all_.size() > kBytesMax) {
      return fault("longer than " + std::to_string(kBytesMax) + " bytes");
    }
    base::Result<FilterNodePointer> node = any(0);
    if (node && !rest_.empty()) {
      return fault(rest_.front() == ')' ? "a ')' too many" : "expected &, |, - or the end");
    }
    return node;
  }

 private:
  base::Result<FilterNodePointer> any(int depth);
  base::Result<FilterNodePointer> both(int depth);
  base::Result<FilterNodePointer> one(int depth);
  base::Result<FilterNodePointer> question();
  base::Result<FilterNodePointer> match(const Word& word, std::string_view text);
  base::Result<std::string_view> argument();

  bool take(char c) {
    skip_blanks();
    if (rest_.empty() || rest_.front() != c) {
      return false;
    }
    rest_.remove_prefix(1);
    skip_blanks();
    return true;
  }

  void skip_blanks() { rest_ = rest_.substr(std::min(rest_.find_first_not_of(' '), rest_.size())); }

  [[nodiscard]] base::Error fault(const std::string& what) const {
    return base::invalid_input("'" + base::shortened(base::printable(all_), 200) + "' at " +
                               std::to_string(all_.size() - rest_.size() + 1) + ": " + what);
  }

  std::string_view all_;
  std::string_view rest_;
};

FilterNodePointer joined(FilterNode::Kind kind, std::vector<FilterNodePointer> children) {
  if (children.size() == 1 && kind != FilterNode::Kind::kNot) {
    return std::move(children.front());
  }
  FilterNode node;
  node.kind = kind;
  node.children = std::move(children);
  return make_node(std::move(node));
}

base::Result<FilterNodePointer> Parser::any(int depth) {
  std::vector<FilterNodePointer> children;
  do {
    base::Result<FilterNodePointer> next = both(depth);
    if (!next) {
      return next;
    }
    children.push_back(std::move(*next));
  } while (take('|'));
  return joined(FilterNode::Kind::kOr, std::move(children));
}

// "a - b" is "a & ~b".
base::Result<FilterNodePointer> Parser::both(int depth) {
  std::vector<FilterNodePointer> children;
  bool without = false;
  for (;;) {
    base::Result<FilterNodePointer> next = one(depth);
    if (!next) {
      return next;
    }
    children.push_back(without ? joined(FilterNode::Kind::kNot, {std::move(*next)})
                               : std::move(*next));
    without = take('-');
    if (!without && !take('&')) {
      return joined(FilterNode::Kind::kAnd, std::move(children));
    }
  }
}

base::Result<FilterNodePointer> Parser::one(int depth) {
  if (depth >= kDepthMax) {
    return fault("nested deeper than " + std::to_string(kDepthMax));
  }
  if (take('~') || take('!')) {
    base::Result<FilterNodePointer> node = one(depth + 1);
    return node
               ? base::Result<FilterNodePointer>(joined(FilterNode::Kind::kNot, {std::move(*node)}))
               : node;
  }
  if (take('(')) {
    base::Result<FilterNodePointer> node = any(depth + 1);
    if (node && !take(')')) {
      return fault("a ')' is missing");
    }
    return node;
  }
  return question();
}

// What stands between a word's parentheses; those within must be paired, or have a \ before them.
base::Result<std::string_view> Parser::argument() {
  const bool regex = rest_.starts_with("/");
  int open = 0;
  for (std::size_t i = 0; i < rest_.size(); ++i) {
    if (rest_[i] == '\\') {
      ++i;
    } else if (regex ? i > 0 && rest_.substr(i).starts_with("/)") : rest_[i] == ')' && open == 0) {
      const std::size_t end = regex ? i + 1 : i;
      const std::string_view text = rest_.substr(0, end);
      rest_.remove_prefix(end + 1);
      skip_blanks();
      return text;
    } else if (!regex) {
      open += rest_[i] == '(' ? 1 : rest_[i] == ')' ? -1 : 0;
    }
  }
  return fault(regex ? "a '/)' is missing after the regular expression" : "a ')' is missing");
}

base::Result<FilterNodePointer> Parser::question() {
  const std::string_view name = word_at(rest_);
  if (name.empty() || name.size() >= rest_.size() || rest_[name.size()] != '(') {
    return fault(expected_words());
  }
  if (!is_known(name)) {
    std::vector<std::string> names(kConstants.begin(), kConstants.end());
    for (const Word& word : kWords) {
      names.emplace_back(word.name);
    }
    const std::optional<std::string> near = base::nearest_name(name, names);
    return fault("'" + std::string(name) +
                 "': " + (near ? "did you mean '" + *near + "'?" : expected_words()));
  }
  rest_.remove_prefix(name.size() + 1);
  const base::Result<std::string_view> text = argument();
  if (!text) {
    return text.error();
  }
  for (const Word& word : kWords) {
    if (word.name == name) {
      return match(word, *text);
    }
  }
  if (!base::trimmed(*text).empty()) {
    return fault("nothing stands in the () of " + std::string(name));
  }
  FilterNode node;
  node.kind = name == "all" ? FilterNode::Kind::kAnd : FilterNode::Kind::kOr;
  return make_node(std::move(node));
}

// Without the \ before parentheses.
std::string plain(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const bool escape = text[i] == '\\' && i + 1 < text.size() &&
                        (text[i + 1] == '(' || text[i + 1] == ')' || text[i + 1] == '\\');
    i += escape ? 1 : 0;
    out += text[i];
  }
  return out;
}

base::Result<FilterNodePointer> Parser::match(const Word& word, std::string_view text) {
  FilterNode node;
  node.field = word.field;
  if (text.starts_with('/') && text.size() >= 2) {
    node.match = FilterMatch::kRegex;
    re2::RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(kRegexMemoryMax);
    auto regex = std::make_shared<re2::RE2>(std::string(text.substr(1, text.size() - 2)), options);
    if (!regex->ok()) {
      return fault("not a regular expression: " + regex->error());
    }
    node.regex = std::move(regex);
    return make_node(std::move(node));
  }
  text = base::trimmed(text);
  const bool equals = text.starts_with('=');
  const bool contains = text.starts_with('~');
  text.remove_prefix(equals || contains ? 1 : 0);
  node.text = plain(text);
  if (node.text.empty()) {
    return fault("'" + std::string(word.name) + "' wants a text");
  }
  const bool glob = !equals && !contains && node.text.find_first_of("*?") != std::string::npos;
  node.match = glob                                  ? FilterMatch::kGlob
               : equals || (word.whole && !contains) ? FilterMatch::kEquals
                                                     : FilterMatch::kContains;
  const bool is_kind = std::any_of(kKinds.begin(), kKinds.end(),
                                   [&](SuiteKind kind) { return name_of(kind) == node.text; });
  if (word.field == FilterField::kKind && node.match == FilterMatch::kEquals && !is_kind) {
    return fault("'" + node.text + "' is no kind, expected gtest, pytest or command");
  }
  return make_node(std::move(node));
}

}  // namespace

FilterNodePointer make_node(FilterNode node) {
  return std::make_shared<const FilterNode>(std::move(node));
}

bool is_filter_expression(std::string_view text) {
  const std::string_view start = text.substr(std::min(text.find_first_not_of(" ~!("), text.size()));
  const std::string_view first = word_at(start);
  if (!first.empty() && start.substr(first.size()).starts_with('(')) {
    return true;
  }
  for (std::size_t i = 1; i < text.size(); ++i) {
    const bool begins = is_letter(text[i]) && !is_letter(text[i - 1]);
    const std::string_view word = begins ? word_at(text.substr(i)) : std::string_view();
    if (is_known(word) && text.substr(i + word.size()).starts_with('(')) {
      return true;
    }
  }
  return false;
}

base::Result<FilterNodePointer> parse_filter_expression(std::string_view text) {
  return Parser(text).parse();
}

}  // namespace harness
