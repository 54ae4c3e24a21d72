// The file of --config: a YAML mapping of flags without their dashes. The command line wins.
#pragma once

#include <string>

#include "common/base/error.h"

namespace CLI {
class App;
}

namespace mockllm {

// Gives every option of `app` that the command line left out the value of the file.
base::Result<void> apply_config_file(const std::string& path, CLI::App& app);

}  // namespace mockllm
