#include "mockllm/config_file.h"

#include <memory>
#include <vector>

#include <CLI/CLI.hpp>

#include "common/yaml/reader.h"

namespace mockllm {
namespace {

std::vector<std::string> names_of(const CLI::App& app) {
  std::vector<std::string> names;
  for (const CLI::Option* option : app.get_options()) {
    for (const std::string& name : option->get_lnames()) {
      if (name != "help" && name != "help-all" && name != "config") {
        names.push_back(name);
      }
    }
  }
  return names;
}

base::Result<std::vector<std::string>> values_of(const yaml::Node& node) {
  std::vector<std::string> values;
  if (node.kind() != yaml::Node::Kind::kSequence) {
    base::Result<std::string> text = node.text();
    if (!text) {
      return std::move(text).error();
    }
    values.push_back(std::move(text).value());
    return values;
  }
  base::Result<std::vector<yaml::Node>> items = node.items();
  if (!items) {
    return std::move(items).error();
  }
  for (const yaml::Node& item : *items) {
    base::Result<std::string> text = item.text();
    if (!text) {
      return std::move(text).error();
    }
    values.push_back(std::move(text).value());
  }
  return values;
}

base::Result<void> apply(const std::string& name, const yaml::Node& node, CLI::App& app) {
  CLI::Option* option = app.get_option("--" + name);
  if (option->count() > 0) {
    return {};
  }
  const base::Result<std::vector<std::string>> values = values_of(node);
  if (!values) {
    return values.error();
  }
  try {  // CLI11 tells a bad value by throwing.
    option->add_result(*values);
    option->run_callback();
  } catch (const CLI::Error& error) {
    return node.error(error.what());
  }
  return {};
}

}  // namespace

base::Result<void> apply_config_file(const std::string& path, CLI::App& app) {
  base::Result<std::unique_ptr<yaml::Document>> document = yaml::Document::load(path);
  if (!document) {
    return std::move(document).error();
  }
  const std::vector<std::string> names = names_of(app);
  const base::Result<yaml::Mapping> mapping = yaml::Mapping::of((*document)->root(), names);
  if (!mapping) {
    return mapping.error();
  }
  for (const std::string& name : names) {
    const std::optional<yaml::Node> node = mapping->find(name);
    if (!node) {
      continue;
    }
    if (base::Result<void> applied = apply(name, *node, app); !applied) {
      return applied;
    }
  }
  return {};
}

}  // namespace mockllm
