#include "harness/selection.h"

#include <algorithm>
#include <filesystem>

namespace harness {
namespace {

namespace fs = std::filesystem;

// The path's last part, with -2 and so on where that is taken.
std::string free_name(const Config& config, const std::string& path) {
  const fs::path normal = fs::absolute(path).lexically_normal();
  const std::string last =
      (normal.has_filename() ? normal : normal.parent_path()).filename().string();
  const auto taken = [&](const std::string& name) {
    return std::any_of(config.suites.begin(), config.suites.end(),
                       [&](const SuiteConfig& suite) { return suite.name == name; });
  };
  std::string name = last;
  for (int i = 2; taken(name); ++i) {
    name = last + "-" + std::to_string(i);
  }
  return name;
}

void add_suite(Config& config, SuiteKind kind, const std::string& path) {
  SuiteConfig suite;
  suite.name = free_name(config, path);
  suite.kind = kind;
  // A flag's path starts where the user stands, a file's path where the file is.
  const bool same = config.directory.empty() ||
                    fs::absolute(config.directory).lexically_normal() == fs::current_path();
  suite.path = same ? path : fs::absolute(path).lexically_normal().string();
  for (const ServiceConfig& service : config.services) {
    suite.uses.push_back(service.name);
  }
  config.suites.push_back(std::move(suite));
}

}  // namespace

base::Result<Config> load_selection(const SelectionOptions& selection) {
  base::Result<Config> config = load_if_there(selection.config);
  if (!config) {
    return config;
  }
  if (!selection.gtest.empty() || !selection.pytest.empty()) {
    config->suites.clear();
  }
  for (const std::string& path : selection.gtest) {
    add_suite(*config, SuiteKind::kGoogleTest, path);
  }
  for (const std::string& path : selection.pytest) {
    add_suite(*config, SuiteKind::kPytest, path);
  }
  if (config->suites.empty()) {
    return base::invalid_input(config->file.empty()
                                   ? "no suites: there is no " + selection.config.path +
                                         " here, and neither --gtest nor --pytest names one"
                                   : config->file + " names no suites");
  }
  return config;
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
