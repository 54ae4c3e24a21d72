#include "harness/config/settings.h"

#include <algorithm>
#include <cstddef>
#include <string>

#include "common/base/text.h"

namespace harness {
namespace {

std::vector<yaml::Node::Entry> entries_of(const yaml::Node& mapping) {
  return *mapping.entries();
}

class Flattener {
 public:
  explicit Flattener(std::vector<Setting>& settings) : settings_(settings) {}

  // NOLINTNEXTLINE(misc-no-recursion): a file without mistakes is five values deep at most.
  void add(const std::string& name, const yaml::Node& node) {
    switch (node.kind()) {
      case yaml::Node::Kind::kNull:
        return;
      case yaml::Node::Kind::kScalar:
        keep(name, *node.text(), node);
        return;
      case yaml::Node::Kind::kSequence:
        add_items(name, node);
        return;
      case yaml::Node::Kind::kMapping:
        for (const yaml::Node::Entry& entry : entries_of(node)) {
          add(name.empty() ? entry.key : name + "." + entry.key, entry.value);
        }
    }
  }

 private:
  // NOLINTNEXTLINE(misc-no-recursion): see add().
  void add_items(const std::string& name, const yaml::Node& node) {
    std::vector<std::string> texts;
    const std::vector<yaml::Node> items = *node.items();
    for (const yaml::Node& item : items) {
      if (item.kind() == yaml::Node::Kind::kMapping) {
        add(name + "." + name_of_item(item), item);
      } else if (const auto text = item.text()) {
        texts.push_back(*text);
      }
    }
    if (!texts.empty()) {
      keep(name, "[" + base::join(texts, ", ") + "]", node);
    }
  }

  // A suite and a secret have a name; an entry of quarantine has the tests that it is for.
  static std::string name_of_item(const yaml::Node& item) {
    for (const yaml::Node::Entry& entry : entries_of(item)) {
      if (entry.key == "name" || entry.key == "tests") {
        return entry.value.text() ? *entry.value.text() : std::string();
      }
    }
    return std::to_string(item.place().line);
  }

  void keep(const std::string& name, std::string value, const yaml::Node& node) {
    const bool known = std::any_of(settings_.begin(), settings_.end(),
                                   [&](const Setting& setting) { return setting.name == name; });
    if (!known) {
      settings_.push_back({name, std::move(value), yaml::to_string(node.place())});
    }
  }

  std::vector<Setting>& settings_;
};

}  // namespace

void append_settings(const yaml::Node& root, std::vector<Setting>& settings) {
  Flattener(settings).add("", root);
}

}  // namespace harness
