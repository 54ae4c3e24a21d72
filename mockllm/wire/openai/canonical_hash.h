// A hash of a JSON value, not of its spelling: the order of keys, white space and escapes do not
// count. Numbers count as their type and value: 1 and 1.0 differ, as they do to a JSON reader of
// most languages.
#pragma once

#include <simdjson.h>

#include <cstdint>
#include <string_view>

#include "common/base/hash.h"
#include "common/base/random.h"

namespace mockllm::openai {

// Recursion is as deep as the document, which the parser's own limit bounds.
[[nodiscard]] std::uint64_t canonical_hash(simdjson::dom::element value);

// Told apart by a kind of their own, so that "1" and 1, or [] and {}, do not collide.
enum class HashKind : std::uint64_t {
  kNull = 1,
  kTrue,
  kFalse,
  kInteger,
  kUnsigned,
  kDecimal,
  kArray,
  kObject
};

// For callers that hash the parts of an object or array themselves, and must get the same hash.
class ObjectHash {
 public:
  void add(std::string_view key, std::uint64_t value_hash) {
    sum_ += base::mix(base::hash64(key), value_hash);
    ++count_;
  }

  [[nodiscard]] std::uint64_t value() const {
    return base::mix(sum_, (count_ << 8U) | static_cast<std::uint64_t>(HashKind::kObject));
  }

 private:
  std::uint64_t sum_ = 0;  // a sum does not depend on the order
  std::uint64_t count_ = 0;
};

class ArrayHash {
 public:
  void add(std::uint64_t value_hash) {
    chain_ = base::mix(chain_, value_hash);
    ++count_;
  }

  [[nodiscard]] std::uint64_t value() const {
    return base::mix(chain_, (count_ << 8U) | static_cast<std::uint64_t>(HashKind::kArray));
  }

 private:
  std::uint64_t chain_ = 0;
  std::uint64_t count_ = 0;
};

}  // namespace mockllm::openai
