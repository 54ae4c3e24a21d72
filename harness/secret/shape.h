// What a secret's value looks like: whether it is one at all, and what in it is secret by itself.
// Pure; no answer holds a part of the value but secret_parts(). Private to the room.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness {

// What kind of placeholder it is: "a word that stands for one", "a ${...} that nobody filled in".
std::optional<std::string> placeholder_in(std::string_view value);

// Why `value` is not of the shape: one of secret_shapes() or "/regular expression/", of the whole
// value. nullopt where it is, and for an empty shape.
std::optional<std::string> shape_fault(std::string_view shape, std::string_view value);

// Every text of a JSON document, and of each of these and of the value itself, where it is a URL,
// its password (as written and decoded) and the values of its query that are secret by their name.
std::vector<std::string> secret_parts(std::string_view value);

}  // namespace harness
