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

// What of the list is run here, by the flags and the file. kInvalidInput where an expression of the
// file or the durations of a path cannot be read.
base::Result<PlanChoices> choices_of(const SelectionOptions& selection, const Config& config);

// The services that a run needs: those of its suites and of its migrations, and what these need.
std::vector<std::string> services_of(const Config& config);

struct Discovery {
  std::vector<TestCase> tests;
  std::vector<DiscoveryProblem> problems;
  std::vector<std::string> empty_suites;  // listed well, and list no test
  bool interrupted = false;
};

Discovery discover_all(const Config& config, const DiscoveryContext& context);

}  // namespace harness
