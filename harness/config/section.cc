#include "harness/config/section.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "common/base/duration.h"
#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::size_t kNameBytesMax = 64;

bool contains(const std::vector<std::string>& names, std::string_view name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool is_variable_name(std::string_view name) {
  const auto letter = [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '_';
  };
  return !name.empty() && letter(name.front()) &&
         std::all_of(name.begin(), name.end(),
                     [&](char c) { return letter(c) || (c >= '0' && c <= '9'); });
}

// "../x" and "a/../../x" leave the folder of the file.
bool leaves_folder(const std::filesystem::path& path) {
  const std::filesystem::path normal = path.lexically_normal();
  return path.is_relative() && !normal.empty() && *normal.begin() == "..";
}

}  // namespace

void tell(Mistakes& mistakes, const std::string& place, std::string_view message) {
  mistakes.add(base::invalid_input(place + ": " + std::string(message)));
}

std::string expected_names(std::string_view got, const std::vector<std::string>& names) {
  if (names.empty()) {
    return "none is defined";
  }
  std::string text = "expected one of " + base::join(names, ", ");
  if (const auto nearest = base::nearest_name(got, names)) {
    text += "; did you mean '" + *nearest + "'?";
  }
  return text;
}

bool is_plain_name(std::string_view name, std::string_view punctuation) {
  if (name.empty() || name.size() > kNameBytesMax || name.front() == '.' || name.front() == '-') {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [&](char c) {
    const bool alphanumeric =
        (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
    return alphanumeric || punctuation.find(c) != std::string_view::npos;
  });
}

void name_must_be_plain(const std::string& name, std::string_view punctuation,
                        const std::string& place, Mistakes& mistakes) {
  if (!name.empty() && !is_plain_name(name, punctuation)) {
    tell(mistakes, place,
         "'" + base::shortened(base::printable(name), kNameBytesMax) +
             "' is not a name, expected letters, digits and " + std::string(punctuation) +
             ", at most " + std::to_string(kNameBytesMax));
  }
}

bool is_false(const yaml::Node& node) {
  const base::Result<bool> answer = node.boolean();
  return answer.has_value() && !*answer;
}

Section::Section(yaml::Node node, Mistakes& mistakes, const std::vector<std::string>& known,
                 const std::vector<std::string>& later)
    : node_(node),
      mistakes_(&mistakes) {
  base::Result<std::vector<yaml::Node::Entry>> entries = node_.entries();
  if (!entries) {
    mistakes.add(entries.error());
    return;
  }
  for (yaml::Node::Entry& entry : *entries) {
    check_key(entry, known, later);
    entries_.push_back(std::move(entry));
  }
}

void Section::check_key(const yaml::Node::Entry& entry, const std::vector<std::string>& known,
                        const std::vector<std::string>& later) const {
  const std::string place = yaml::to_string(entry.key_place);
  if (contains(later, entry.key)) {
    tell(*mistakes_, place, "'" + entry.key + "' is not supported yet");
  } else if (!contains(known, entry.key)) {
    tell(*mistakes_, place,
         "unknown key '" + base::printable(entry.key) +
             "': " + (known.empty() ? "expected no key" : expected_names(entry.key, known)));
  } else if (entry.value.kind() == yaml::Node::Kind::kNull) {
    tell(*mistakes_, place, "'" + entry.key + "' has no value");
  }
}

std::optional<yaml::Node> Section::find(std::string_view key) const {
  for (const yaml::Node::Entry& entry : entries_) {
    if (entry.key == key && entry.value.kind() != yaml::Node::Kind::kNull) {
      return entry.value;
    }
  }
  return std::nullopt;
}

std::string Section::place() const {
  return yaml::to_string(node_.place());
}

std::string Section::place_of(std::string_view key) const {
  const std::optional<yaml::Node> node = find(key);
  return node ? yaml::to_string(node->place()) : place();
}

std::vector<std::string> Section::places_in(std::string_view key) const {
  std::vector<std::string> places;
  const std::optional<yaml::Node> node = find(key);
  if (!node) {
    return places;
  }
  if (const auto items = node->items()) {
    for (const yaml::Node& item : *items) {
      places.push_back(yaml::to_string(item.place()));
    }
  } else if (const auto entries = node->entries()) {
    for (const yaml::Node::Entry& entry : *entries) {
      places.push_back(yaml::to_string(entry.value.place()));
    }
  }
  return places;
}

bool Section::read(std::string_view key, std::string& value) const {
  const std::optional<yaml::Node> node = find(key);
  if (!node) {
    return false;
  }
  base::Result<std::string> text = node->text();
  if (!text) {
    mistakes_->add(text.error());
    return false;
  }
  if (base::trimmed(*text).empty()) {
    tell(*mistakes_, place_of(key), "'" + std::string(key) + "' is empty, expected text");
    return false;
  }
  value = *std::move(text);
  return true;
}

bool Section::read(std::string_view key, bool& value) const {
  const std::optional<yaml::Node> node = find(key);
  if (!node) {
    return false;
  }
  const base::Result<bool> answer = node->boolean();
  if (!answer) {
    mistakes_->add(answer.error());
    return false;
  }
  value = *answer;
  return true;
}

bool Section::read_count(std::string_view key, int& value, int most) const {
  const std::optional<yaml::Node> node = find(key);
  if (!node) {
    return false;
  }
  const base::Result<std::int64_t> count = node->integer(0, most);
  if (!count) {
    mistakes_->add(count.error());
    return false;
  }
  value = static_cast<int>(*count);
  return true;
}

bool Section::read(std::string_view key, std::chrono::milliseconds& value) const {
  std::string text;
  if (!read(key, text)) {
    return false;
  }
  const base::Result<std::chrono::milliseconds> duration = base::parse_duration(text);
  if (!duration) {
    tell(*mistakes_, place_of(key), duration.error().message);
    return false;
  }
  if (duration->count() == 0) {
    tell(*mistakes_, place_of(key), "'" + text + "' is no time at all, expected more than zero");
    return false;
  }
  value = *duration;
  return true;
}

bool Section::read_list(std::string_view key, std::vector<std::string>& values) const {
  const std::optional<yaml::Node> node = find(key);
  if (!node) {
    return false;
  }
  const base::Result<std::vector<yaml::Node>> items = node->items();
  if (!items) {
    mistakes_->add(items.error());
    return false;
  }
  for (const yaml::Node& item : *items) {
    base::Result<std::string> text = item.text();
    if (!text) {
      mistakes_->add(text.error());
      return false;
    }
    values.push_back(*std::move(text));
  }
  return true;
}

bool Section::read_argv(std::string_view key, std::vector<std::string>& argv) const {
  if (!read_list(key, argv)) {
    return false;
  }
  if (argv.empty() || argv.front().empty()) {
    tell(*mistakes_, place_of(key), "'" + std::string(key) + "' names no program");
    return false;
  }
  return true;
}

bool Section::read_variables(std::string_view key, Pairs& values) const {
  const std::optional<yaml::Node> node = find(key);
  if (!node) {
    return false;
  }
  const base::Result<std::vector<yaml::Node::Entry>> entries = node->entries();
  if (!entries) {
    mistakes_->add(entries.error());
    return false;
  }
  for (const yaml::Node::Entry& entry : *entries) {
    base::Result<std::string> text = entry.value.text();
    if (!is_variable_name(entry.key)) {
      tell(*mistakes_, yaml::to_string(entry.key_place),
           "'" + base::printable(entry.key) + "' is not the name of a variable");
    } else if (!text) {
      mistakes_->add(text.error());
    } else {
      values.emplace_back(entry.key, *std::move(text));
    }
  }
  return true;
}

bool Section::read_variable(std::string_view key, std::string& value) const {
  std::string text;
  if (!read(key, text)) {
    return false;
  }
  if (!is_variable_name(text)) {
    tell(*mistakes_, place_of(key),
         "'" + base::printable(text) +
             "' is not the name of a variable, expected letters, digits and _");
    return false;
  }
  value = std::move(text);
  return true;
}

bool Section::read_path(std::string_view key, std::string& value) const {
  std::string text;
  if (!read(key, text)) {
    return false;
  }
  if (leaves_folder(text)) {
    tell(
        *mistakes_, place_of(key),
        "'" + base::printable(text) + "' leaves the folder of this file, expected a path below it");
    return false;
  }
  value = std::move(text);
  return true;
}

std::optional<std::size_t> Section::read_choice(std::string_view key,
                                                const std::vector<std::string>& choices,
                                                const std::vector<std::string>& later) const {
  std::string text;
  if (!read(key, text)) {
    return std::nullopt;
  }
  const auto found = std::find(choices.begin(), choices.end(), text);
  if (found != choices.end()) {
    return static_cast<std::size_t>(found - choices.begin());
  }
  if (contains(later, text)) {
    tell(*mistakes_, place_of(key), std::string(key) + " '" + text + "' is not supported yet");
  } else {
    tell(*mistakes_, place_of(key),
         "'" + base::printable(text) + "' is not a " + std::string(key) + ", " +
             expected_names(text, choices));
  }
  return std::nullopt;
}

bool Section::need(std::string_view key, std::string& value) const {
  if (!find(key)) {
    missing(key);
    return false;
  }
  return read(key, value);
}

void Section::missing(std::string_view key) const {
  if (node_.kind() != yaml::Node::Kind::kMapping) {
    return;  // told already: there are no keys at all
  }
  // A key without a value was told already.
  for (const yaml::Node::Entry& entry : entries_) {
    if (entry.key == key) {
      return;
    }
  }
  tell(*mistakes_, place(), "'" + std::string(key) + "' is missing");
}

}  // namespace harness
