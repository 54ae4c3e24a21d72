#include <algorithm>

#include "common/base/text.h"
#include "common/yaml/reader.h"

namespace yaml {
namespace {

constexpr std::size_t kShownBytesMax = 80;

base::Error unknown_key(const Node::Entry& entry, const std::vector<std::string>& known_keys) {
  std::string message =
      "unknown key '" + base::printable(base::shortened(entry.key, kShownBytesMax)) + "'";
  const std::optional<std::string> nearest =
      entry.key.size() > kShownBytesMax ? std::nullopt : base::nearest_name(entry.key, known_keys);
  if (nearest) {
    message += ", did you mean '" + *nearest + "'?";
  } else {
    message += ", expected one of: " + base::join(known_keys, ", ");
  }
  return error_at(entry.key_place, message);
}

}  // namespace

std::optional<Mapping> Mapping::of(const Node& node, const std::vector<std::string>& known_keys,
                                   Mistakes& mistakes) {
  std::optional<std::vector<Node::Entry>> entries = mistakes.keep(node.entries());
  if (!entries) {
    return std::nullopt;
  }
  Mapping mapping;
  mapping.node_ = node;
  for (Node::Entry& entry : *entries) {
    if (std::find(known_keys.begin(), known_keys.end(), entry.key) == known_keys.end()) {
      mistakes.add(unknown_key(entry, known_keys));
    } else {
      mapping.entries_.push_back(std::move(entry));
    }
  }
  return mapping;
}

base::Result<Mapping> Mapping::of(const Node& node, const std::vector<std::string>& known_keys) {
  Mistakes mistakes;
  std::optional<Mapping> mapping = of(node, known_keys, mistakes);
  if (!mistakes.empty()) {
    return mistakes.error();
  }
  return *std::move(mapping);
}

const Node::Entry* Mapping::entry(std::string_view key) const {
  const auto found = std::find_if(entries_.begin(), entries_.end(),
                                  [&](const Node::Entry& entry) { return entry.key == key; });
  return found == entries_.end() ? nullptr : &*found;
}

std::optional<Node> Mapping::find(std::string_view key) const {
  const Node::Entry* found = entry(key);
  if (found == nullptr || found->value.kind() == Node::Kind::kNull) {
    return std::nullopt;
  }
  return found->value;
}

base::Result<Node> Mapping::need(std::string_view key) const {
  if (const std::optional<Node> found = find(key)) {
    return *found;
  }
  return node_.error("the key '" + std::string(key) + "' is missing");
}

base::Result<std::string> Mapping::text_or(std::string_view key, std::string_view fallback) const {
  const std::optional<Node> found = find(key);
  return found ? found->text() : std::string(fallback);
}

base::Result<bool> Mapping::boolean_or(std::string_view key, bool fallback) const {
  const std::optional<Node> found = find(key);
  return found ? found->boolean() : fallback;
}

base::Result<std::int64_t> Mapping::integer_or(std::string_view key, std::int64_t least,
                                               std::int64_t most, std::int64_t fallback) const {
  const std::optional<Node> found = find(key);
  return found ? found->integer(least, most) : fallback;
}

base::Result<double> Mapping::number_or(std::string_view key, double least, double most,
                                        double fallback) const {
  const std::optional<Node> found = find(key);
  return found ? found->number(least, most) : fallback;
}

}  // namespace yaml
