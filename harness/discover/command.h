// One command, run to its end or its limit, with what it said: how suites are asked for their
// tests.
#pragma once

#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "harness/process/process.h"

namespace harness {

struct CommandResult {
  std::optional<ExitStatus> status;  // none: it was stopped by us
  bool timed_out = false;
  bool interrupted = false;
  std::string output;    // the last kCommandOutputMax bytes of both outputs
  std::string messages;  // what came through the message pipe, up to kCommandMessagesMax
};

inline constexpr std::size_t kCommandOutputMax = 64 * 1024;
inline constexpr std::size_t kCommandMessagesMax = 256 * 1024 * 1024;
inline constexpr std::chrono::milliseconds kCommandGrace{2'000};

// `message_target`: the child's number of a pipe whose bytes become `messages`; -1: none. `stop_fd`
// readable ends the command early. What it leaves behind is the caller's to reap (strays.h).
base::Result<CommandResult> run_command(ProcessSpec spec, int message_target,
                                        const base::Clock& clock, base::MonoTime deadline,
                                        int stop_fd);

}  // namespace harness
