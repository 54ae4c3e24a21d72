// `harness doctor`: what a run would find here, and what is missing.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "harness/verbs/verb.h"

namespace harness {

struct DoctorOptions {
  ConfigSource config = {};
  std::vector<std::string> secret_variables = {};  // --secret-env
  std::string mockllm = {};                        // path of the binary; empty: found in PATH
  std::string python = "python3";                  // --python
  std::optional<LlmChoice> llm = {};               // --llm
  std::vector<Setting> flags = {};  // in place of the file's: "limits.test", "5s", "--test-timeout"
};

// A line per finding: programs with versions; every value with its origin, which is a flag, a
// variable, the file's line or the default; secrets as ***; services; suites. 0 nothing is missing,
// 2 something is.
int doctor_verb(const DoctorOptions& options, const VerbContext& context);

}  // namespace harness
