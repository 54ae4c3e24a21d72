// What GitHub shows of a run: a job summary in its Markdown, and annotations beside the code. What
// a test printed is text in both, never markup and never a command.
#pragma once

#include <string>
#include <string_view>

#include "common/base/env.h"
#include "common/base/error.h"
#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

// GitHub refuses the whole summary of a step over 1 MiB; some of it is left to the step's others.
inline constexpr std::size_t kSummaryBytesMax = 960 * 1024;

// summary.md
std::string summary_markdown(const RunResults& results, const Verdict& verdict);

// Workflow commands, a line each: at most ten errors and ten warnings, which is all that GitHub
// shows of a step. Places below `workspace` are told relative to it.
std::string annotations(const RunResults& results, const Verdict& verdict,
                        std::string_view workspace);

// Where the run is a step of a workflow: the annotations on `fd`, and the summary at the end of the
// step's. An error where the summary has no room or cannot be written.
base::Result<void> tell_github(const RunResults& results, const Verdict& verdict,
                               const base::Environment& environment, int fd);

}  // namespace harness
