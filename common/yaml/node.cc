#include <algorithm>
#include <charconv>
#include <cmath>

#include "common/base/text.h"
#include "common/yaml/reader.h"
#include "common/yaml/tree.h"

namespace yaml {
namespace {

constexpr std::size_t kShownBytesMax = 80;

// The whole word as a number, nullopt for anything less.
template <typename Number>
std::optional<Number> parsed(std::string_view word) {
  Number value{};
  const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value);
  if (error != std::errc() || end != word.data() + word.size()) {
    return std::nullopt;
  }
  return value;
}

// A bound as people write it: 0.5, 1000.
std::string shown(double value) {
  char buffer[32];
  const bool short_enough = std::abs(value) < 1e15;
  const auto [end, error] =
      short_enough ? std::to_chars(buffer, buffer + sizeof buffer, value, std::chars_format::fixed)
                   : std::to_chars(buffer, buffer + sizeof buffer, value);
  return error == std::errc() ? std::string(buffer, end) : std::string();
}

}  // namespace

Node::Kind Node::kind() const {
  return document_->tree_->items[index_].kind;
}

Place Node::place() const {
  const Document::Tree::Item& item = document_->tree_->items[index_];
  return {document_->name_, static_cast<int>(item.line), static_cast<int>(item.column)};
}

bool Node::is_quoted() const {
  return document_->tree_->items[index_].quoted;
}

std::string Node::description() const {
  switch (kind()) {
    case Kind::kNull:
      return "null";
    case Kind::kSequence:
      return "a sequence";
    case Kind::kMapping:
      return "a mapping";
    case Kind::kScalar:
      break;
  }
  const std::string_view text = document_->tree_->text_of(document_->tree_->items[index_]);
  return "'" + base::printable(base::shortened(text, kShownBytesMax)) + "'";
}

base::Error Node::error(std::string_view message) const {
  return error_at(place(), message);
}

base::Error Node::expected(std::string_view what) const {
  return error("expected " + std::string(what) + ", got " + description());
}

base::Result<std::string> Node::text() const {
  if (kind() != Kind::kScalar) {
    return expected("a text");
  }
  return std::string(document_->tree_->text_of(document_->tree_->items[index_]));
}

base::Result<bool> Node::boolean() const {
  const Document::Tree::Item& item = document_->tree_->items[index_];
  const std::string_view word = document_->tree_->text_of(item);
  if (item.kind != Kind::kScalar || item.quoted || (word != "true" && word != "false")) {
    return expected("true or false");
  }
  return word == "true";
}

base::Result<std::int64_t> Node::integer(std::int64_t least, std::int64_t most) const {
  const Document::Tree::Item& item = document_->tree_->items[index_];
  std::optional<std::int64_t> value;
  if (item.kind == Kind::kScalar && !item.quoted) {
    value = parsed<std::int64_t>(document_->tree_->text_of(item));
  }
  if (!value || *value < least || *value > most) {
    return expected("a whole number from " + std::to_string(least) + " to " + std::to_string(most));
  }
  return *value;
}

base::Result<double> Node::number(double least, double most) const {
  const Document::Tree::Item& item = document_->tree_->items[index_];
  std::optional<double> value;
  if (item.kind == Kind::kScalar && !item.quoted &&
      is_json_number(document_->tree_->text_of(item))) {
    value = parsed<double>(document_->tree_->text_of(item));
  }
  if (!value || !std::isfinite(*value) || *value < least || *value > most) {
    return expected("a number from " + shown(least) + " to " + shown(most));
  }
  return *value;
}

base::Result<std::string> Node::one_of(const std::vector<std::string>& names) const {
  base::Result<std::string> word = text();
  if (word && std::find(names.begin(), names.end(), *word) != names.end()) {
    return word;
  }
  std::string message = "expected one of: " + base::join(names, ", ") + "; got " + description();
  if (word && word->size() <= kShownBytesMax) {
    if (const std::optional<std::string> nearest = base::nearest_name(*word, names)) {
      message += ", did you mean '" + *nearest + "'?";
    }
  }
  return error(message);
}

base::Result<std::vector<Node>> Node::items() const {
  const Document::Tree& tree = *document_->tree_;
  const Document::Tree::Item& item = tree.items[index_];
  if (item.kind != Kind::kSequence) {
    return expected("a sequence");
  }
  std::vector<Node> nodes;
  nodes.reserve(item.count);
  for (std::uint32_t i = 0; i < item.count; ++i) {
    nodes.push_back(Node(document_, tree.links[item.first + i]));
  }
  return nodes;
}

base::Result<std::vector<std::string>> Node::texts() const {
  const base::Result<std::vector<Node>> nodes = items();
  if (!nodes) {
    return nodes.error();
  }
  std::vector<std::string> texts;
  texts.reserve(nodes->size());
  for (const Node& node : *nodes) {
    base::Result<std::string> text = node.text();
    if (!text) {
      return std::move(text).error();
    }
    texts.push_back(*std::move(text));
  }
  return texts;
}

base::Result<std::vector<Node::Entry>> Node::entries() const {
  const Document::Tree& tree = *document_->tree_;
  const Document::Tree::Item& item = tree.items[index_];
  if (item.kind != Kind::kMapping) {
    return expected("a mapping");
  }
  std::vector<Entry> entries;
  entries.reserve(item.count / 2);
  for (std::uint32_t i = 0; i < item.count; i += 2) {
    const Node key(document_, tree.links[item.first + i]);
    entries.push_back({std::string(tree.text_of(tree.items[key.index_])), key.place(),
                       Node(document_, tree.links[item.first + i + 1])});
  }
  return entries;
}

}  // namespace yaml
