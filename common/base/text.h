// Text forms that both programs print: JSON strings, safe lines, near names, UTF-8.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace base {

// Appends `text` as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD, so the
// result is always valid JSON.
void append_json_quoted(std::string& out, std::string_view text);
std::string json_quoted(std::string_view text);

// `text` with control characters and bytes that are not UTF-8 written as \xHH: one line, no escape
// codes.
std::string printable(std::string_view text);

[[nodiscard]] bool is_utf8(std::string_view text);

// The first `bytes_max` bytes at most, cut at a character's border, with "..." where anything was
// cut.
std::string shortened(std::string_view text, std::size_t bytes_max);

[[nodiscard]] bool equals_ignoring_case(std::string_view a, std::string_view b);  // ASCII
std::string to_lower(std::string_view text);                                      // ASCII
std::string_view trimmed(std::string_view text);                                  // spaces and tabs
std::vector<std::string_view> split(std::string_view text, char separator);
std::string join(std::span<const std::string> parts, std::string_view separator);

// The candidate with the fewest edits from `name`, if it is near enough to be what was meant.
std::optional<std::string> nearest_name(std::string_view name,
                                        std::span<const std::string> candidates);

// Compares in a time that does not depend on where the two differ; for tokens.
[[nodiscard]] bool equals_in_constant_time(std::string_view a, std::string_view b);

}  // namespace base
