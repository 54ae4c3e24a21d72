// Options that several verbs have. Each throws what CLI11 throws; what it writes into outlives
// `app`.
#pragma once

#include <chrono>
#include <functional>
#include <string>

#include <CLI/App.hpp>

#include "harness/verbs/verb.h"

namespace harness {

// --config
void add_config(CLI::App* app, ConfigSource& config);

// As 250ms, 30s, 2m.
void add_duration(CLI::App* app, const std::string& name, const std::string& help,
                  const std::function<void(std::chrono::milliseconds)>& set);

}  // namespace harness
