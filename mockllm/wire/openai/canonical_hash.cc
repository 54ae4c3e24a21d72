#include "mockllm/wire/openai/canonical_hash.h"

#include <xxhash.h>

#include <bit>

#include "common/base/random.h"

namespace mockllm::openai {
namespace {

using simdjson::dom::element_type;

// Told apart by a kind of their own, so that "1" and 1, or [] and {}, do not collide.
enum Kind : std::uint64_t {
  kNull = 1,
  kTrue,
  kFalse,
  kInteger,
  kUnsigned,
  kDecimal,
  kArray,
  kObject
};

std::uint64_t hash_of_array(simdjson::dom::array array) {
  ArrayHash hash;
  for (const simdjson::dom::element item : array) {
    hash.add(canonical_hash(item));
  }
  return hash.value();
}

std::uint64_t hash_of_object(simdjson::dom::object object) {
  ObjectHash hash;
  for (const simdjson::dom::key_value_pair field : object) {
    hash.add(field.key, canonical_hash(field.value));
  }
  return hash.value();
}

}  // namespace

std::uint64_t hash_of_text(std::string_view text) {
  return XXH3_64bits(text.data(), text.size());
}

void ObjectHash::add(std::string_view key, std::uint64_t value_hash) {
  sum_ += base::mix(hash_of_text(key), value_hash);
  ++count_;
}

std::uint64_t ObjectHash::value() const {
  return base::mix(sum_, (count_ << 8U) | kObject);
}

void ArrayHash::add(std::uint64_t value_hash) {
  chain_ = base::mix(chain_, value_hash);
  ++count_;
}

std::uint64_t ArrayHash::value() const {
  return base::mix(chain_, (count_ << 8U) | kArray);
}

std::uint64_t canonical_hash(simdjson::dom::element value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return hash_of_array(value.get_array().value_unsafe());
    case element_type::OBJECT:
      return hash_of_object(value.get_object().value_unsafe());
    case element_type::STRING:
      return hash_of_text(value.get_string().value_unsafe());
    case element_type::INT64:
      return base::mix(static_cast<std::uint64_t>(value.get_int64().value_unsafe()), kInteger);
    case element_type::UINT64:
      return base::mix(value.get_uint64().value_unsafe(), kUnsigned);
    case element_type::DOUBLE:
      return base::mix(std::bit_cast<std::uint64_t>(value.get_double().value_unsafe()), kDecimal);
    case element_type::BOOL:
      return base::mix(0, value.get_bool().value_unsafe() ? kTrue : kFalse);
    default:  // null; newer parsers know more kinds of number, which ours is not asked for
      break;
  }
  return base::mix(0, kNull);
}

}  // namespace mockllm::openai
