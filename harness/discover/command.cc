#include "harness/discover/command.h"

#include <poll.h>

#include <algorithm>
#include <array>
#include <climits>

#include "harness/process/intake.h"

namespace harness {

base::Result<CommandResult> run_command(ProcessSpec spec, int message_target,
                                        const base::Clock& clock, base::MonoTime deadline,
                                        int stop_fd) {
  Intake output(kCommandOutputMax, Intake::Keep::kLast);
  Intake messages(kCommandMessagesMax, Intake::Keep::kFirst);
  base::Result<base::UniqueFd> output_end = output.open();
  base::Result<base::UniqueFd> message_end = messages.open();
  if (!output_end || !message_end) {
    return base::unavailable("cannot make a pipe");
  }
  spec.output = output_end->get();
  spec.guarded = true;
  if (message_target >= 0) {
    spec.descriptors.emplace_back(message_end->get(), message_target);
  }
  base::Result<Process> process = Process::spawn(spec);
  if (!process) {
    return std::move(process).error();
  }
  output_end->reset();
  message_end->reset();

  CommandResult result;
  while (!process->poll()) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - clock.mono()).count();
    if (left <= 0) {
      result.timed_out = true;
      break;
    }
    std::array<pollfd, 4> watched{pollfd{process->pidfd(), POLLIN, 0},
                                  pollfd{output.fd(), POLLIN, 0}, pollfd{messages.fd(), POLLIN, 0},
                                  pollfd{stop_fd, POLLIN, 0}};
    ::poll(watched.data(), watched.size(), static_cast<int>(std::min<std::int64_t>(left, INT_MAX)));
    output.drain();
    messages.drain();
    if ((watched[3].revents & POLLIN) != 0) {
      result.interrupted = true;
      break;
    }
  }
  result.status = process->poll();
  if (!result.status) {
    process->stop(clock, kCommandGrace);
  }
  output.drain();
  messages.drain();
  result.output = output.text();
  result.messages = messages.text();
  return result;
}

}  // namespace harness
