#include "harness/selection.h"

#include <algorithm>
#include <filesystem>

#include "common/base/text.h"
#include "harness/discover/binaries.h"
#include "harness/history/durations.h"

namespace harness {
namespace {

namespace fs = std::filesystem;

bool is_taken(const Config& config, const std::string& name) {
  return std::any_of(config.suites.begin(), config.suites.end(),
                     [&](const SuiteConfig& suite) { return suite.name == name; });
}

// The path's last part.
std::string last_part(const std::string& path) {
  const fs::path normal = fs::absolute(path).lexically_normal();
  return (normal.has_filename() ? normal : normal.parent_path()).filename().string();
}

// The same as a part of a suite's name.
std::string plain_part(const std::string& path) {
  std::string part = last_part(path);
  for (char& c : part) {
    c = is_suite_name(std::string("a") + c) ? c : '_';
  }
  return part;
}

// With -2 and so on where it is taken.
std::string free_name(const Config& config, const std::string& wanted) {
  std::string name = wanted;
  for (int i = 2; is_taken(config, name); ++i) {
    name = wanted + "-" + std::to_string(i);
  }
  return name;
}

void use_every_service(SuiteConfig& suite, const Config& config) {
  for (const ServiceConfig& service : config.services) {
    suite.uses.push_back(service.name);
  }
  for (const auto& [service, application] : isolated_services_of_applications(suite, config)) {
    suite.shares.push_back(service);
  }
}

void add_suite(Config& config, SuiteKind kind, const std::string& path) {
  SuiteConfig suite;
  suite.name = free_name(config, last_part(path));
  suite.kind = kind;
  // A flag's path starts where the user stands, a file's path where the file is.
  const bool same = config.directory.empty() ||
                    fs::absolute(config.directory).lexically_normal() == fs::current_path();
  suite.path = same ? path : fs::absolute(path).lexically_normal().string();
  use_every_service(suite, config);
  config.suites.push_back(std::move(suite));
}

// One suite for each binary that a pattern means, named after both; a pattern that means none stays
// and is told by who lists it.
base::Result<void> expand_patterns(Config& config) {
  std::vector<SuiteConfig> written;
  written.swap(config.suites);
  for (SuiteConfig& suite : written) {
    const bool pattern = suite.kind == SuiteKind::kGoogleTest && is_binary_pattern(suite.path);
    const base::Result<std::vector<std::string>> binaries =
        pattern ? find_googletest_binaries(suite.path, config.directory)
                : std::vector<std::string>();
    if (!binaries) {
      return base::Error(binaries.error()).within("suite " + suite.name);
    }
    for (const std::string& binary : *binaries) {
      SuiteConfig one = suite;
      one.path = binary;
      one.name = free_name(config, suite.name + "." + plain_part(binary));
      config.suites.push_back(std::move(one));
    }
    if (binaries->empty()) {
      config.suites.push_back(std::move(suite));
    }
  }
  return {};
}

// NAME=CMD: the user's words are for a shell, where the user stands.
base::Result<void> add_command(Config& config, const std::string& text) {
  const std::size_t equals = text.find('=');
  SuiteConfig suite;
  suite.name = text.substr(0, equals);
  suite.kind = SuiteKind::kCommand;
  if (equals == std::string::npos || !is_suite_name(suite.name) || equals + 1 == text.size()) {
    return base::invalid_input("--command '" + base::printable(text) +
                               "' is not NAME=CMD, with a name of letters, digits and ._-");
  }
  if (is_taken(config, suite.name)) {
    return base::invalid_input("--command: a second suite named " + suite.name);
  }
  suite.run = {"sh", "-c", text.substr(equals + 1)};
  suite.directory = fs::current_path().string();
  use_every_service(suite, config);
  config.suites.push_back(std::move(suite));
  return {};
}

}  // namespace

base::Result<Config> load_selection(const SelectionOptions& selection) {
  base::Result<Config> config = load_if_there(selection.config);
  if (!config) {
    return config;
  }
  if (!selection.gtest.empty() || !selection.pytest.empty() || !selection.commands.empty()) {
    config->suites.clear();
  }
  for (const std::string& path : selection.gtest) {
    add_suite(*config, SuiteKind::kGoogleTest, path);
  }
  for (const std::string& path : selection.pytest) {
    add_suite(*config, SuiteKind::kPytest, path);
  }
  for (const std::string& command : selection.commands) {
    if (const base::Result<void> added = add_command(*config, command); !added) {
      return added.error();
    }
  }
  if (const base::Result<void> expanded = expand_patterns(*config); !expanded) {
    return expanded.error();
  }
  if (config->suites.empty()) {
    return base::invalid_input(
        config->file.empty() ? "no suites: there is no " + selection.config.path +
                                   " here, and neither --gtest, --pytest nor --command names one"
                             : config->file + " names no suites");
  }
  return config;
}

base::Result<PlanChoices> choices_of(const SelectionOptions& selection, const Config& config) {
  base::Result<Resources> resources = Resources::make(config);
  if (!resources) {
    return std::move(resources).error();
  }
  PlanChoices choices{selection.filter, selection.shard, {}, std::move(*resources), {}};
  if (!selection.durations.path.empty()) {
    base::Result<PastTests> durations = read_durations(selection.durations.path);
    if (!durations) {
      return std::move(durations).error().within("--durations");
    }
    choices.durations = std::move(*durations);
  }
  return choices;
}

std::vector<std::string> services_of(const Config& config) {
  std::vector<std::string> uses;
  for (const SuiteConfig& suite : config.suites) {
    uses.insert(uses.end(), suite.uses.begin(), suite.uses.end());
  }
  if (config.migrations) {
    uses.push_back(config.migrations->service);
  }
  std::vector<std::string> names;
  for (const ServiceConfig* service : config.needs_of(uses)) {
    names.push_back(service->name);
  }
  return names;
}

Discovery discover_all(const Config& config, const DiscoveryContext& context) {
  Discovery discovery;
  for (const SuiteConfig& suite : config.suites) {
    DiscoveryContext own = context;
    own.timeout = suite.timeout.value_or(context.timeout);
    SuiteListing listing = discover_suite(suite, own);
    if (listing.interrupted) {
      discovery.interrupted = true;
      return discovery;
    }
    for (TestCase& test : listing.tests) {
      for (const std::string& tag : suite.tags) {
        if (std::find(test.tags.begin(), test.tags.end(), tag) == test.tags.end()) {
          test.tags.push_back(tag);
        }
      }
    }
    if (listing.tests.empty() && listing.problems.empty()) {
      discovery.empty_suites.push_back(suite.name);
    }
    std::move(listing.tests.begin(), listing.tests.end(), std::back_inserter(discovery.tests));
    std::move(listing.problems.begin(), listing.problems.end(),
              std::back_inserter(discovery.problems));
  }
  return discovery;
}

}  // namespace harness
