// yaml: a strict reader of YAML (and so JSON) files: every value knows file:line:column, every key
// is asked for by name, and a key that nobody asked for is an error that names the nearest right
// one.
//
// Doors: Document::load() or parse(), then root(), Mapping::of() and the typed getters; Mistakes
// where a reader wants to report more than the first error. No type of yaml-cpp leaves the room.
// Strict: duplicate keys, keys that are not text, tags, merge keys and a second document are errors
// of parse(). Unquoted words follow YAML 1.2: `yes` and `off` are text. May include: common/base.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/yaml/mistakes.h"

namespace yaml {

struct Limits {
  std::size_t bytes_max = 16 * 1024 * 1024;
  std::size_t depth_max = 128;                        // nested values, through aliases too
  std::size_t nodes_max = 2'000'000;                  // aliases counted as often as they are used
  std::size_t expanded_bytes_max = 64 * 1024 * 1024;  // of text, aliases counted likewise
};

struct Place {
  std::string file;
  int line = 0;    // from 1
  int column = 0;  // from 1
};

std::string to_string(const Place& place);  // "fixtures/weather.yaml:3:5"

// An error of a reader: the place, then what is wrong there.
base::Error error_at(const Place& place, std::string_view message);

class Document;

// One value of a document: cheap to copy, valid as long as its Document.
class Node {
 public:
  enum class Kind { kNull, kScalar, kSequence, kMapping };

  Node() = default;  // valid for nothing but assignment

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] Place place() const;
  [[nodiscard]] bool is_quoted() const;  // a scalar in quotes is text, never a number or a boolean

  // Scalars. Each error says place, value and what was expected.
  [[nodiscard]] base::Result<std::string> text() const;  // numbers and booleans as written
  [[nodiscard]] base::Result<bool> boolean() const;      // true or false, nothing else
  [[nodiscard]] base::Result<std::int64_t> integer(std::int64_t least, std::int64_t most) const;
  [[nodiscard]] base::Result<double> number(double least, double most) const;

  // A text that is one of `names`; the error names the nearest.
  [[nodiscard]] base::Result<std::string> one_of(const std::vector<std::string>& names) const;

  [[nodiscard]] base::Result<std::vector<Node>> items() const;         // a sequence
  [[nodiscard]] base::Result<std::vector<std::string>> texts() const;  // a sequence of texts
  // A mapping, in file order.
  struct Entry;
  [[nodiscard]] base::Result<std::vector<Entry>> entries() const;

  // The value as JSON text without white space between tokens, keys in file order: what people
  // write where a model's arguments, a schema or a header's value is meant. Unquoted true, false,
  // null and numbers keep their JSON type; what is a number in YAML only (007, .5, 0x1F, .inf) is
  // an error.
  [[nodiscard]] base::Result<std::string> json() const;

  // "'hello'", "a mapping", "null": the value as errors name it.
  [[nodiscard]] std::string description() const;
  // An error at this place.
  [[nodiscard]] base::Error error(std::string_view message) const;
  // An error at this place: "expected <what>, got <description()>".
  [[nodiscard]] base::Error expected(std::string_view what) const;

 private:
  friend class Document;

  Node(const Document* document, std::uint32_t index) : document_(document), index_(index) {}

  const Document* document_ = nullptr;
  std::uint32_t index_ = 0;
};

struct Node::Entry {
  std::string key;
  Place key_place;
  Node value;
};

// A mapping read key by key:
//   base::Result<Mapping> map = Mapping::of(node, {"name", "match", "reply"});
// fails at once on a key that is not in the list, naming the nearest; afterwards find() cannot miss
// a typo.
class Mapping {
 public:
  static base::Result<Mapping> of(const Node& node, const std::vector<std::string>& known_keys);
  // The same for a reader that goes on: each unknown key is a mistake and left out. nullopt where
  // `node` is no mapping at all.
  static std::optional<Mapping> of(const Node& node, const std::vector<std::string>& known_keys,
                                   Mistakes& mistakes);

  [[nodiscard]] std::optional<Node> find(
      std::string_view key) const;  // an explicit null counts as absent
  [[nodiscard]] base::Result<Node> need(std::string_view key) const;
  // The key as written, with its place and also where its value is null; nullptr where absent.
  [[nodiscard]] const Node::Entry* entry(std::string_view key) const;

  // The value of a key that may be absent.
  [[nodiscard]] base::Result<std::string> text_or(std::string_view key,
                                                  std::string_view fallback) const;
  [[nodiscard]] base::Result<bool> boolean_or(std::string_view key, bool fallback) const;
  [[nodiscard]] base::Result<std::int64_t> integer_or(std::string_view key, std::int64_t least,
                                                      std::int64_t most,
                                                      std::int64_t fallback) const;
  [[nodiscard]] base::Result<double> number_or(std::string_view key, double least, double most,
                                               double fallback) const;

  [[nodiscard]] const Node& node() const { return node_; }

  [[nodiscard]] const std::vector<Node::Entry>& entries() const { return entries_; }

 private:
  Node node_;
  std::vector<Node::Entry> entries_;
};

class Document {
 public:
  // `name` is what errors call the text. The text must be UTF-8 and hold one document; none at all
  // is null.
  static base::Result<std::unique_ptr<Document>> parse(std::string name, std::string_view text,
                                                       const Limits& limits = {});
  static base::Result<std::unique_ptr<Document>> load(const std::string& path,
                                                      const Limits& limits = {});
  ~Document();

  [[nodiscard]] Node root() const;

  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  friend class Node;
  struct Tree;

  Document();

  std::string name_;
  std::unique_ptr<Tree> tree_;
};

}  // namespace yaml
