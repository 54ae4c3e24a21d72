#include <filesystem>

#include "common/base/env.h"
#include "harness/discover/discover.h"
#include "harness/process/process.h"

namespace harness {

namespace fs = std::filesystem;

std::string directory_of(const SuiteConfig& suite, const std::string& directory) {
  const fs::path own =
      suite.directory.empty() ? fs::path(directory) : fs::path(directory) / suite.directory;
  return own.empty() ? "" : fs::absolute(own).lexically_normal().string();
}

// A program with a slash in its name is meant from the working folder of the command.
std::vector<std::string> argv_of(const SuiteConfig& suite, const std::string& directory) {
  std::vector<std::string> argv = suite.run;
  const fs::path program(argv.front());
  if (program.is_relative() && argv.front().find('/') != std::string::npos) {
    argv.front() = (fs::path(directory_of(suite, directory)) / program).lexically_normal().string();
  }
  return argv;
}

SuiteListing discover_command(const SuiteConfig& suite, const DiscoveryContext& context) {
  SuiteListing listing;
  const std::string place = directory_of(suite, context.directory);
  std::string path;
  for (const std::string& entry : context.environment) {
    path = entry.starts_with("PATH=") ? entry.substr(5) : path;
  }
  for (const auto& [name, value] : suite.env) {
    path = name == "PATH" ? value : path;
  }
  const std::vector<std::string> argv = argv_of(suite, context.directory);
  const base::Result<std::string> program = find_program(argv.front(), path);
  std::error_code ignored;
  if (!program) {
    listing.problems.push_back({suite.name, suite.run.front(), program.error().message, ""});
  } else if (!place.empty() && !fs::is_directory(place, ignored)) {
    listing.problems.push_back({suite.name, suite.run.front(), "no folder " + place, ""});
  } else {
    listing.tests.push_back({suite.name, std::string(kCommandTest)});
  }
  return listing;
}

}  // namespace harness
