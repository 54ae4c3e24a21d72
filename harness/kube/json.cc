#include "harness/kube/json.h"

#include "common/base/digest.h"

namespace harness {

using nlohmann::json;

const json* find_at(const json& object, std::initializer_list<std::string_view> keys) {
  const json* value = &object;
  for (const std::string_view key : keys) {
    if (!value->is_object()) {
      return nullptr;
    }
    const auto found = value->find(std::string(key));
    if (found == value->end()) {
      return nullptr;
    }
    value = &*found;
  }
  return value;
}

std::string text_at(const json& object, std::initializer_list<std::string_view> keys) {
  const json* value = find_at(object, keys);
  const std::string* text = value == nullptr ? nullptr : value->get_ptr<const json::string_t*>();
  return text == nullptr ? "" : *text;
}

std::int64_t number_at(const json& object, std::initializer_list<std::string_view> keys) {
  const json* value = find_at(object, keys);
  return value != nullptr && value->is_number_integer() ? value->get<std::int64_t>() : 0;
}

std::string to_text(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '.' || c == '_' || c == '~';
    if (plain) {
      out += c;
    } else {
      out += '%' + base::to_hex(std::string_view(&c, 1));
    }
  }
  return out;
}

}  // namespace harness
