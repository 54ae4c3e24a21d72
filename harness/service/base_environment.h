// What every test and every local application inherits of the harness's own environment (contracts
// 7): all of it, because a pod's injected secrets must reach them, less what steers a runner or
// leaks.
#pragma once

#include <string>
#include <string_view>

#include "common/base/env.h"

namespace harness {

// `upstream_key_variable` holds a real LLM's key, which only mockllm may have; empty where there is
// none. TZ is UTC where unset.
base::Environment base_environment(const base::Environment& own,
                                   std::string_view upstream_key_variable = {});

}  // namespace harness
