// discover: from a suite's path to the list of its tests. What cannot be listed is a problem with a
// name, never an empty list.
//
// Doors: discover_suite() for a whole suite; pytest_plugin.h and pytest_messages.h for who runs
// pytest later. One file per kind: gtest.cc asks the binary itself, pytest.cc asks pytest with our
// plugin, command_suite.cc asks whether there is such a program. May include: common/base,
// harness/{suite,config,process}.
#pragma once

#include <string>
#include <vector>

#include "common/base/clock.h"
#include "harness/config/config.h"
#include "harness/suite/test_case.h"

namespace harness {

// A suite, or a file of it, that cannot be listed: a red case of its own.
struct DiscoveryProblem {
  std::string suite;
  std::string path;
  std::string reason;  // one sentence
  std::string output;  // the end of what was said
};

struct SuiteListing {
  std::vector<TestCase> tests;
  std::vector<DiscoveryProblem> problems;
  bool interrupted = false;
};

struct DiscoveryContext {
  const base::Clock& clock;
  std::vector<std::string> environment;  // of the listing process
  std::string directory;          // where relative paths start: the folder of harness.yaml, or ours
  std::string private_directory;  // ours alone; holds the plugin
  std::string python = "python3";
  std::chrono::milliseconds timeout{60'000};
  int stop_fd = -1;
};

SuiteListing discover_suite(const SuiteConfig& suite, const DiscoveryContext& context);

// The siblings.
SuiteListing discover_googletest(const SuiteConfig& suite, const DiscoveryContext& context);
SuiteListing discover_pytest(const SuiteConfig& suite, const DiscoveryContext& context);
SuiteListing discover_command(const SuiteConfig& suite, const DiscoveryContext& context);

// The command's words and its working folder as they are on this machine; ${junit} is left as it
// is.
std::vector<std::string> argv_of(const SuiteConfig& suite, const std::string& directory);
std::string directory_of(const SuiteConfig& suite, const std::string& directory);

// The suite's path as a file of this machine.
std::string path_of(const SuiteConfig& suite, const std::string& directory);
// What pytest calls a test's file is below this folder: the suite's path, or its folder where it is
// a file.
std::string pytest_root(const SuiteConfig& suite, const std::string& directory);
// `file` without `directory` before it.
std::string relative_to(const std::string& file, const std::string& directory);

}  // namespace harness
