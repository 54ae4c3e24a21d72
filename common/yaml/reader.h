// yaml: a strict reader of YAML (and so JSON) files: every value knows file:line:column, every key is
// asked for by name, and a key that nobody asked for is an error that names the nearest right one.
//
// May include: common/base.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace yaml {

struct Limits {
  std::size_t bytes_max = 16 * 1024 * 1024;
  std::size_t depth_max = 128;
  std::size_t nodes_max = 2'000'000;  // aliases counted as often as they are used
};

struct Place {
  std::string file;
  int line = 0;    // from 1
  int column = 0;  // from 1
};
std::string to_string(const Place& place);  // "fixtures/weather.yaml:3:5"

class Document;

// One value of a document: cheap to copy, valid as long as its Document.
class Node {
 public:
  enum class Kind { kNull, kScalar, kSequence, kMapping };

  [[nodiscard]] Kind kind() const;
  [[nodiscard]] Place place() const;
  [[nodiscard]] bool is_quoted() const;  // a scalar in quotes is text, never a number or a boolean

  // Scalars. Each error says place, value and what was expected.
  [[nodiscard]] base::Result<std::string> text() const;  // numbers and booleans as written
  [[nodiscard]] base::Result<bool> boolean() const;      // true or false, nothing else
  [[nodiscard]] base::Result<std::int64_t> integer(std::int64_t least, std::int64_t most) const;
  [[nodiscard]] base::Result<double> number(double least, double most) const;

  [[nodiscard]] base::Result<std::vector<Node>> items() const;  // a sequence
  // A mapping, in file order. Duplicate keys and keys that are not scalars are errors.
  struct Entry;
  [[nodiscard]] base::Result<std::vector<Entry>> entries() const;

  // The value as JSON text, keys in file order: what people write where a model's arguments, a schema
  // or a header's value is meant. Unquoted true, false, null and numbers keep their JSON type.
  [[nodiscard]] base::Result<std::string> json() const;

  // An error at this place.
  [[nodiscard]] base::Error error(std::string message) const;

  // For Document and Mapping; the pointer is yaml-cpp's.
  struct Access;

 private:
  friend struct Access;
  const Document* document_ = nullptr;
  std::shared_ptr<const void> node_;
};

struct Node::Entry {
  std::string key;
  Place key_place;
  Node value;
};

// A mapping read key by key:
//   base::Result<Mapping> map = Mapping::of(node, {"name", "match", "reply"});
// fails at once on a key that is not in the list, naming the nearest; afterwards find() cannot miss a typo.
class Mapping {
 public:
  static base::Result<Mapping> of(const Node& node, std::vector<std::string> known_keys);
  [[nodiscard]] std::optional<Node> find(std::string_view key) const;  // an explicit null counts as absent
  [[nodiscard]] base::Result<Node> need(std::string_view key) const;
  [[nodiscard]] const Node& node() const { return node_; }

 private:
  Node node_;
  std::vector<Node::Entry> entries_;
};

class Document {
 public:
  // `name` is what errors call the text. The text must be UTF-8 and hold one document.
  static base::Result<std::unique_ptr<Document>> parse(std::string name, std::string_view text,
                                                       const Limits& limits = {});
  static base::Result<std::unique_ptr<Document>> load(const std::string& path, const Limits& limits = {});
  ~Document();

  [[nodiscard]] Node root() const;
  [[nodiscard]] const std::string& name() const { return name_; }

 private:
  Document() = default;
  std::string name_;
  std::shared_ptr<const void> root_;
};

}  // namespace yaml
