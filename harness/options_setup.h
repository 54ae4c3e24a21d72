// The verbs of a project's first steps: init, import, doctor, schema, and those that describe the
// command line.
#pragma once

#include <optional>
#include <string>

#include <CLI/App.hpp>

#include "harness/options.h"

namespace harness {

struct SetupFlags {
  InitOptions init;
  ImportOptions import;
  DoctorOptions doctor;
  std::string shell;
};

// `flags` outlives `app`. Throws what CLI11 throws.
void add_setup_verbs(CLI::App& app, SetupFlags& flags);

// nullopt where another verb was meant.
std::optional<CommandLine> choose_setup(const CLI::App& app, const SetupFlags& flags);

}  // namespace harness
