#include "mockllm/control/body.h"

#include <algorithm>
#include <limits>
#include <utility>

#include "common/base/text.h"
#include "mockllm/conversation/canonical_json.h"

namespace mockllm {
namespace {

using nlohmann::json;

base::Error wrong_type(std::string_view key, std::string_view expected, const json& value) {
  return base::invalid_input(
      std::string(key) + ": " + std::string(expected) + " is expected, got " +
      base::shortened(value.dump(-1, ' ', true, json::error_handler_t::replace), 80));
}

// JSON knows one kind of number; a count is one that is whole.
std::optional<std::int64_t> whole(const json& value) {
  if (value.is_number_unsigned()) {
    const auto number = value.get<std::uint64_t>();
    const auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return number <= most ? std::optional(static_cast<std::int64_t>(number)) : std::nullopt;
  }
  return value.is_number_integer() ? std::optional(value.get<std::int64_t>()) : std::nullopt;
}

}  // namespace

base::Result<Body> Body::read(std::string_view text, std::vector<std::string> known_keys) {
  if (base::trimmed(text).empty()) {
    return Body(json::object());
  }
  base::Result<std::string> canonical = canonical_json(text);
  if (!canonical) {
    return std::move(canonical).error().within("body");
  }
  json object = json::parse(*canonical, nullptr, false);
  if (!object.is_object()) {
    return base::invalid_input("body: a JSON object is expected");
  }
  for (const auto& [key, value] : object.items()) {
    if (std::find(known_keys.begin(), known_keys.end(), key) != known_keys.end()) {
      continue;
    }
    const std::optional<std::string> nearest = base::nearest_name(key, known_keys);
    const std::string hint = nearest.has_value()  ? "did you mean " + *nearest + "?"
                             : known_keys.empty() ? "none is expected"
                                                  : "expected: " + base::join(known_keys, ", ");
    return base::invalid_input("unknown key " + base::json_quoted(base::shortened(key, 80)) + "; " +
                               hint);
  }
  return Body(std::move(object));
}

const json* Body::find(std::string_view key) const {
  const auto found = object_.find(std::string(key));
  return found == object_.end() || found->is_null() ? nullptr : &*found;
}

base::Result<std::optional<std::string>> Body::text(std::string_view key) const {
  const json* value = find(key);
  if (value == nullptr) {
    return std::optional<std::string>();
  }
  if (!value->is_string()) {
    return wrong_type(key, "a string", *value);
  }
  return std::optional(value->get<std::string>());
}

base::Result<std::optional<bool>> Body::boolean(std::string_view key) const {
  const json* value = find(key);
  if (value == nullptr) {
    return std::optional<bool>();
  }
  if (!value->is_boolean()) {
    return wrong_type(key, "true or false", *value);
  }
  return std::optional(value->get<bool>());
}

base::Result<std::optional<std::int64_t>> Body::integer(std::string_view key, std::int64_t least,
                                                        std::int64_t most) const {
  const json* value = find(key);
  if (value == nullptr) {
    return std::optional<std::int64_t>();
  }
  const std::optional<std::int64_t> number = whole(*value);
  if (!number.has_value() || *number < least || *number > most) {
    return wrong_type(
        key, "a whole number from " + std::to_string(least) + " to " + std::to_string(most),
        *value);
  }
  return number;
}

base::Result<std::optional<std::vector<std::string>>> Body::texts(std::string_view key) const {
  const json* value = find(key);
  if (value == nullptr) {
    return std::optional<std::vector<std::string>>();
  }
  const bool fits =
      value->is_array() &&
      std::all_of(value->begin(), value->end(), [](const json& item) { return item.is_string(); });
  if (!fits) {
    return wrong_type(key, "a list of strings", *value);
  }
  return std::optional(value->get<std::vector<std::string>>());
}

base::Result<std::optional<std::map<std::string, std::int64_t>>> Body::counts(
    std::string_view key) const {
  const json* value = find(key);
  if (value == nullptr) {
    return std::optional<std::map<std::string, std::int64_t>>();
  }
  std::map<std::string, std::int64_t> counts;
  bool fits = value->is_object();
  for (auto item = value->begin(); fits && item != value->end(); ++item) {
    const std::optional<std::int64_t> count = whole(*item);
    fits = count.has_value() && *count >= 0;
    counts.emplace(item.key(), count.value_or(0));
  }
  if (!fits) {
    return wrong_type(key, "an object of whole numbers", *value);
  }
  return std::optional(std::move(counts));
}

}  // namespace mockllm
