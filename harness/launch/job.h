// From what a launch was asked for to its Job, and to what helps where the API server does not take
// it.
#pragma once

#include <string>

#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "harness/kube/api.h"
#include "harness/launch/launch.h"

namespace harness {

// Reads the template and puts in the parameters. kInvalidInput: a template with a mistake, a value
// that is out of its range.
base::Result<nlohmann::json> job_of(const LaunchOptions& options, const std::string& name,
                                    const std::string& namespace_name, const std::string& nonce);

// Empty where the server's own words must do.
[[nodiscard]] std::string remedy_for(const KubeError& error, const LaunchOptions& options,
                                     const std::string& namespace_name);

}  // namespace harness
