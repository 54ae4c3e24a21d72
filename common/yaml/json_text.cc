#include <array>

#include "common/base/text.h"
#include "common/yaml/reader.h"
#include "common/yaml/tree.h"

namespace yaml {
namespace {

[[nodiscard]] bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// Takes the digits at the start of `word`; how many there were.
std::size_t take_digits(std::string_view& word) {
  std::size_t count = 0;
  while (count < word.size() && is_digit(word[count])) {
    ++count;
  }
  word.remove_prefix(count);
  return count;
}

bool take(std::string_view& word, std::string_view any_of) {
  if (word.empty() || any_of.find(word.front()) == std::string_view::npos) {
    return false;
  }
  word.remove_prefix(1);
  return true;
}

// What YAML 1.2 takes for a number, a boolean or null and JSON cannot say.
[[nodiscard]] bool is_yaml_only(std::string_view word) {
  constexpr std::array<std::string_view, 10> kWords = {"True",  "TRUE",  "False", "FALSE", ".inf",
                                                       "-.inf", "+.inf", ".nan",  ".NaN",  ".NAN"};
  for (const std::string_view yaml_word : kWords) {
    if (word == yaml_word) {
      return true;
    }
  }
  if (word.starts_with("0x") || word.starts_with("0o")) {
    return word.size() > 2 &&
           word.find_first_not_of("0123456789abcdefABCDEF", 2) == std::string_view::npos;
  }
  take(word, "+-");
  std::size_t digits = take_digits(word);
  if (take(word, ".")) {
    digits += take_digits(word);
  }
  if (digits != 0 && take(word, "eE")) {
    take(word, "+-");
    digits = take_digits(word);
  }
  return digits != 0 && word.empty();
}

}  // namespace

bool is_json_number(std::string_view word) {
  take(word, "-");
  const bool zero = word.starts_with('0');
  const std::size_t digits = take_digits(word);
  if (digits == 0 || (zero && digits > 1)) {
    return false;
  }
  if (take(word, ".") && take_digits(word) == 0) {
    return false;
  }
  if (take(word, "eE")) {
    take(word, "+-");
    if (take_digits(word) == 0) {
      return false;
    }
  }
  return word.empty();
}

namespace {

base::Result<void> append_scalar(std::string& out, const Node& node, const std::string& text) {
  if (!node.is_quoted() && (text == "true" || text == "false" || is_json_number(text))) {
    out += text;
  } else if (!node.is_quoted() && is_yaml_only(text)) {
    return node.expected("a value that JSON has too, or quotes");
  } else {
    base::append_json_quoted(out, text);
  }
  return {};
}

// Recursion is bounded by Limits::depth_max, which parse() has enforced.
base::Result<void> append_json(std::string& out, const Node& node);  // NOLINT(misc-no-recursion)

base::Result<void> append_items(std::string& out, const Node& node) {  // NOLINT(misc-no-recursion)
  const base::Result<std::vector<Node>> items = node.items();
  char separator = '[';
  for (const Node& item : *items) {
    out += separator;
    if (base::Result<void> done = append_json(out, item); !done) {
      return done;
    }
    separator = ',';
  }
  out += items->empty() ? "[]" : "]";
  return {};
}

base::Result<void> append_entries(std::string& out,
                                  const Node& node) {  // NOLINT(misc-no-recursion)
  const base::Result<std::vector<Node::Entry>> entries = node.entries();
  char separator = '{';
  for (const Node::Entry& entry : *entries) {
    out += separator;
    base::append_json_quoted(out, entry.key);
    out += ':';
    if (base::Result<void> done = append_json(out, entry.value); !done) {
      return done;
    }
    separator = ',';
  }
  out += entries->empty() ? "{}" : "}";
  return {};
}

base::Result<void> append_json(std::string& out, const Node& node) {  // NOLINT(misc-no-recursion)
  switch (node.kind()) {
    case Node::Kind::kNull:
      out += "null";
      return {};
    case Node::Kind::kScalar:
      return append_scalar(out, node, *node.text());
    case Node::Kind::kSequence:
      return append_items(out, node);
    case Node::Kind::kMapping:
      return append_entries(out, node);
  }
  return {};
}

}  // namespace

base::Result<std::string> Node::json() const {
  std::string out;
  if (base::Result<void> done = append_json(out, *this); !done) {
    return std::move(done).error();
  }
  return out;
}

}  // namespace yaml
