// The verbs that read files and print: lint, explain, schema.
#pragma once

#include "mockllm/exit_code.h"
#include "mockllm/options.h"

namespace mockllm {

// Prints the findings, a line each. kUsage where there are any, or where a file has a mistake.
ExitCode run_lint(const LintOptions& options);

// Prints the fixture that answers a chat request and what it says, or the nearest ones and what
// differs.
ExitCode run_explain(const ExplainOptions& options);

ExitCode run_schema();

}  // namespace mockllm
