// mockllm: an LLM server that answers deterministically. Reads the command line and runs one verb.
#include <unistd.h>

#include <exception>
#include <string>
#include <variant>
#include <vector>

#include "common/base/descriptors.h"
#include "common/base/env.h"
#include "common/base/file.h"
#include "mockllm/exit_code.h"
#include "mockllm/options.h"
#include "mockllm/server_program.h"
#include "mockllm/verbs.h"

namespace mockllm {
namespace {

// One overload per verb.
struct Run {
  const base::Environment& environment;

  int operator()(const ServeOptions& options) const {
    return static_cast<int>(run_server(options, environment));
  }

  int operator()(const LintOptions& options) const { return static_cast<int>(run_lint(options)); }

  int operator()(const ExplainOptions& options) const {
    return static_cast<int>(run_explain(options));
  }

  int operator()(const SchemaOptions&) const { return static_cast<int>(run_schema()); }

  int operator()(const EndNow& end) const {
    const int descriptor = end.exit_code == 0 ? STDOUT_FILENO : STDERR_FILENO;
    const base::Result<void> ignored = base::write_all(descriptor, end.text);
    static_cast<void>(ignored);  // A reader that went away has seen enough.
    return end.exit_code;
  }
};

}  // namespace
}  // namespace mockllm

int main(int argc, char** argv) {
  if (const base::Result<void> filled = base::fill_standard_descriptors(); !filled) {
    return static_cast<int>(mockllm::ExitCode::kInternal);  // there is nowhere to say why
  }
  try {
    const base::Environment environment(environ);
    const mockllm::Options options = mockllm::parse_options({argv + 1, argv + argc});
    return std::visit(mockllm::Run{environment}, options);
  } catch (const std::exception& error) {  // A library's, past its wrapper: a bug of ours.
    const std::string line = std::string("mockllm: internal error: ") + error.what() + "\n";
    const base::Result<void> ignored = base::write_all(STDERR_FILENO, line);
    static_cast<void>(ignored);
    return static_cast<int>(mockllm::ExitCode::kInternal);
  }
}
