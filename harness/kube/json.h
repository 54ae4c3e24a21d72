// Reading an object whose shape is promised but not proved: what is not there, or of another type,
// is empty.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

namespace harness {

// The value at the end of these keys; nullptr where the path breaks.
const nlohmann::json* find_at(const nlohmann::json& object,
                              std::initializer_list<std::string_view> keys);
std::string text_at(const nlohmann::json& object, std::initializer_list<std::string_view> keys);
std::int64_t number_at(const nlohmann::json& object, std::initializer_list<std::string_view> keys);

// One line; bytes that are not UTF-8 become U+FFFD.
std::string to_text(const nlohmann::json& value);

// As a part of a query: everything but letters, digits and -._~ is escaped.
std::string percent_encoded(std::string_view text);

}  // namespace harness
