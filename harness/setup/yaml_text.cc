#include "harness/setup/yaml_text.h"

#include <algorithm>

#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::size_t kNameBytesMax = 60;  // "-2" has to fit behind it

bool is_letter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A word that no reader of YAML takes for a number, a truth or null.
bool is_plain_word(std::string_view text) {
  const auto inner = [](char c) {
    return is_letter(c) || is_digit(c) || std::string_view("./-").find(c) != std::string_view::npos;
  };
  if (text.empty() || !(is_letter(text.front()) || text.front() == '/') ||
      !std::all_of(text.begin(), text.end(), inner)) {
    return false;
  }
  const std::string lower = base::to_lower(text);
  for (const std::string_view word :
       {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}) {
    if (lower == word) {
      return false;
    }
  }
  return true;
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
  return is_plain_word(text) ? std::string(text) : base::json_quoted(text);
}

std::string yaml_list(const std::vector<std::string>& texts) {
  std::vector<std::string> scalars;
  scalars.reserve(texts.size());
  for (const std::string& text : texts) {
    scalars.push_back(yaml_scalar(text));
  }
  return "[" + base::join(scalars, ", ") + "]";
}

std::string as_name(std::string_view text) {
  std::string name;
  for (const char c : text.substr(0, kNameBytesMax)) {
    const bool right = is_letter(c) || is_digit(c) || (!name.empty() && (c == '-' || c == '.'));
    if (right || !name.empty()) {
      name += right ? c : '-';
    }
  }
  while (!name.empty() && (name.back() == '-' || name.back() == '.')) {
    name.pop_back();
  }
  return name.empty() ? "run" : name;
}

std::string unique_name(std::string name, std::vector<std::string>& taken) {
  const std::string first = name;
  for (int number = 2; std::find(taken.begin(), taken.end(), name) != taken.end(); ++number) {
    name = first + "-" + std::to_string(number);
  }
  taken.push_back(name);
  return name;
}

}  // namespace harness
