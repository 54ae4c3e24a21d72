// A flag for every limit: the name of the limit with dashes. Shown by --help-all.
#pragma once

#include "mockllm/options.h"

namespace CLI {
class App;
}

namespace mockllm {

inline constexpr const char* kLimitsGroup = "Limits";

void add_limit_flags(CLI::App& app, ServeOptions& options);

}  // namespace mockllm
