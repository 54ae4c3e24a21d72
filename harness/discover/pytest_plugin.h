// Our pytest plugin (clients/python/drydock_pytest.py), as it is handed to a test process.
#pragma once

#include <csignal>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace harness {

std::string_view pytest_plugin_text();

// Writes the plugin into `directory`, which the test process finds on its PYTHONPATH.
base::Result<void> write_pytest_plugin(const std::string& directory);

// `environment` with `directory` first on PYTHONPATH and the plugin's settings: what a pytest
// process that talks to us is started with.
std::vector<std::string> with_pytest_plugin(std::vector<std::string> environment,
                                            const std::string& directory,
                                            const std::string& settings);

// At this one the plugin writes the stacks of all threads to the process's standard error.
inline constexpr int kPluginStackSignal = SIGUSR2;

// The child's numbers of the two pipes.
inline constexpr int kPluginOut = 3;
inline constexpr int kPluginIn = 4;

}  // namespace harness
