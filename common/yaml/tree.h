// The values of a document in flat arrays: nothing of it is recursive, neither to build nor to
// destroy.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/yaml/reader.h"

namespace yaml {

struct Document::Tree {
  struct Item {
    Node::Kind kind = Node::Kind::kNull;
    bool quoted = false;
    std::uint32_t line = 1;
    std::uint32_t column = 1;
    std::uint32_t first = 0;  // of a scalar: into `text`; else into `links`
    std::uint32_t count = 0;  // bytes, or links: a mapping has two per entry, key then value
  };

  std::vector<Item> items;
  std::vector<std::uint32_t> links;  // indices of items; an alias is its target's index
  std::string text;
  std::uint32_t root = 0;

  [[nodiscard]] std::string_view text_of(const Item& item) const {
    return std::string_view(text).substr(item.first, item.count);
  }
};

// "true", "12", "1e5": an unquoted word that means the same in JSON.
[[nodiscard]] bool is_json_number(std::string_view word);

}  // namespace yaml
