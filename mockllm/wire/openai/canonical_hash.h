// A hash of a JSON value, not of its spelling: the order of keys, white space and escapes do not
// count. Numbers count as their type and value: 1 and 1.0 differ, as they do to a JSON reader of
// most languages.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string_view>

namespace mockllm::openai {

[[nodiscard]] std::uint64_t hash_of_text(std::string_view text);

// Recursion is as deep as the document, which the parser's own limit bounds.
[[nodiscard]] std::uint64_t canonical_hash(simdjson::dom::element value);

// For callers that hash the parts of an object or array themselves, and must get the same hash.
class ObjectHash {
 public:
  void add(std::string_view key, std::uint64_t value_hash);
  [[nodiscard]] std::uint64_t value() const;

 private:
  std::uint64_t sum_ = 0;  // a sum does not depend on the order
  std::uint64_t count_ = 0;
};

class ArrayHash {
 public:
  void add(std::uint64_t value_hash);
  [[nodiscard]] std::uint64_t value() const;

 private:
  std::uint64_t chain_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace mockllm::openai
