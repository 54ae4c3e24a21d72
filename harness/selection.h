// Which suites a command line and a file mean, and the tests that they list.
#pragma once

#include <string>
#include <vector>

#include "harness/discover/discover.h"
#include "harness/options.h"

namespace harness {

// The file, or none, with the suites that flags name in place of the file's. Those may use every
// service of the file. kInvalidInput where neither names a suite.
base::Result<Config> load_selection(const SelectionOptions& selection);

struct Discovery {
  std::vector<TestCase> tests;
  std::vector<DiscoveryProblem> problems;
  std::vector<std::string> empty_suites;  // listed well, and list no test
  bool interrupted = false;
};

Discovery discover_all(const Config& config, const DiscoveryContext& context);

}  // namespace harness
