#include "harness/discover/gtest_list.h"

#include <nlohmann/json.hpp>

#include "common/base/text.h"

namespace harness {
namespace {

using nlohmann::json;

// GoogleTest 1.12 writes each byte above 0x7f as a character of its own. Where reading them as
// bytes gives UTF-8, that is what was meant.
std::string unmangled(const std::string& name) {
  std::string bytes;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto lead = static_cast<unsigned char>(name[i]);
    if (lead < 0x80) {
      bytes += name[i];
    } else if ((lead == 0xC2 || lead == 0xC3) && i + 1 < name.size()) {
      const auto next = static_cast<unsigned char>(name[++i]);
      bytes += static_cast<char>(((lead & 0x03U) << 6U) | (next & 0x3FU));
    } else {
      return name;
    }
  }
  return base::is_utf8(bytes) ? bytes : name;
}

std::string text_of(const json& object, const char* name) {
  const auto found = object.find(name);
  return found != object.end() && found->is_string() ? found->get<std::string>() : std::string();
}

const json* list_of(const json& object, const char* name) {
  const auto found = object.is_object() ? object.find(name) : object.end();
  return object.is_object() && found != object.end() && found->is_array() ? &*found : nullptr;
}

TestCase make_case(const std::string& suite, std::string name) {
  TestCase test;
  test.suite = suite;
  test.disabled = is_disabled_name(name);
  test.note = test.disabled ? "DISABLED_ in its name" : "";
  test.name = std::move(name);
  return test;
}

}  // namespace

bool is_disabled_name(std::string_view name) {
  for (const std::string_view part : base::split(name, '.')) {
    for (const std::string_view word : base::split(part, '/')) {
      if (word.starts_with("DISABLED_")) {
        return true;
      }
    }
  }
  return false;
}

base::Result<std::vector<TestCase>> parse_gtest_json(std::string_view text,
                                                     const std::string& suite) {
  const json root = json::parse(text, nullptr, false);
  const json* suites = list_of(root, "testsuites");
  if (suites == nullptr) {
    return base::invalid_input("the list is not what GoogleTest writes");
  }
  std::vector<TestCase> tests;
  for (const json& group : *suites) {
    const json* cases = list_of(group, "testsuite");
    if (cases == nullptr) {
      return base::invalid_input("the list is not what GoogleTest writes");
    }
    for (const json& entry : *cases) {
      TestCase test =
          make_case(suite, unmangled(text_of(group, "name") + "." + text_of(entry, "name")));
      test.file = text_of(entry, "file");
      const auto line = entry.find("line");
      test.line = line != entry.end() && line->is_number_integer() ? line->get<int>() : 0;
      tests.push_back(std::move(test));
    }
  }
  return tests;
}

base::Result<std::vector<TestCase>> parse_gtest_text(std::string_view text,
                                                     const std::string& suite) {
  std::vector<TestCase> tests;
  std::string group;
  for (std::string_view line : base::split(text, '\n')) {
    if (line.ends_with('\r')) {
      line.remove_suffix(1);
    }
    const bool indented = line.starts_with("  ");
    // A parameter's text may hold " # " too: the first one ends the name.
    std::string_view name = line.substr(0, line.find("  # "));
    name = base::trimmed(name.substr(0, name.find(" # ")));
    if (name.empty()) {
      continue;
    }
    if (indented && !group.empty()) {
      tests.push_back(make_case(suite, group + std::string(name)));
    } else if (!indented && name.ends_with('.') && name.find(' ') == std::string_view::npos) {
      group = name;
    } else if (!group.empty()) {
      return base::invalid_input("'" + base::shortened(base::printable(line), 80) +
                                 "' is neither a suite nor a test of GoogleTest's list");
    }
  }
  if (group.empty() && !base::trimmed(text).empty() &&
      text.find("Running main() from") == std::string_view::npos) {
    return base::invalid_input("it does not answer --gtest_list_tests as GoogleTest does");
  }
  return tests;
}

}  // namespace harness
