#include "mockllm/wire/openai/canonical_hash.h"

#include <bit>

namespace mockllm::openai {
namespace {

using simdjson::dom::element_type;

std::uint64_t tagged(std::uint64_t value, HashKind kind) {
  return base::mix(value, static_cast<std::uint64_t>(kind));
}

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

std::uint64_t canonical_hash(simdjson::dom::element value) {
  switch (value.type()) {
    case element_type::ARRAY:
      return hash_of_array(value.get_array().value_unsafe());
    case element_type::OBJECT:
      return hash_of_object(value.get_object().value_unsafe());
    case element_type::STRING:
      return base::hash64(value.get_string().value_unsafe());
    case element_type::INT64:
      return tagged(static_cast<std::uint64_t>(value.get_int64().value_unsafe()),
                    HashKind::kInteger);
    case element_type::UINT64:
      return tagged(value.get_uint64().value_unsafe(), HashKind::kUnsigned);
    case element_type::DOUBLE:
      return tagged(std::bit_cast<std::uint64_t>(value.get_double().value_unsafe()),
                    HashKind::kDecimal);
    case element_type::BOOL:
      return tagged(0, value.get_bool().value_unsafe() ? HashKind::kTrue : HashKind::kFalse);
    default:  // null; newer parsers know more kinds of number, which ours is not asked for
      break;
  }
  return tagged(0, HashKind::kNull);
}

}  // namespace mockllm::openai
