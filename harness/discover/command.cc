#include "harness/discover/command.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>

namespace harness {
namespace {

constexpr std::size_t kBlock = 64 * 1024;

// The reading end of a pipe, and the text that came out of it: its first bytes or its last.
class Intake {
 public:
  Intake(std::size_t bytes_max, bool keep_end) : bytes_max_(bytes_max), keep_end_(keep_end) {}

  // The end for the child.
  base::Result<base::UniqueFd> open() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
      return base::system_error("cannot make a pipe", errno);
    }
    fd_ = base::UniqueFd(ends[0]);
    ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
    return base::UniqueFd(ends[1]);
  }

  void drain() {
    std::array<char, kBlock> block{};
    while (fd_.valid()) {
      const ssize_t got = ::read(fd_.get(), block.data(), block.size());
      if (got < 0 && errno == EINTR) {
        continue;
      }
      if (got <= 0) {
        if (got == 0) {
          fd_.reset();
        }
        return;
      }
      take(std::string_view(block.data(), static_cast<std::size_t>(got)));
    }
  }

  [[nodiscard]] int fd() const { return fd_.get(); }

  std::string text() && { return std::move(text_); }

 private:
  void take(std::string_view bytes) {
    if (!keep_end_) {
      text_ += bytes.substr(0, std::min(bytes.size(), bytes_max_ - text_.size()));
      return;
    }
    text_ += bytes;
    if (text_.size() > 2 * bytes_max_) {
      text_.erase(0, text_.size() - bytes_max_);
    }
  }

  std::size_t bytes_max_;
  bool keep_end_;
  base::UniqueFd fd_;
  std::string text_;
};

}  // namespace

base::Result<CommandResult> run_command(ProcessSpec spec, int message_target,
                                        const base::Clock& clock, base::MonoTime deadline,
                                        int stop_fd) {
  Intake output(kCommandOutputMax, true);
  Intake messages(kCommandMessagesMax, false);
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
  result.output = std::move(output).text();
  result.messages = std::move(messages).text();
  if (result.output.size() > kCommandOutputMax) {
    result.output.erase(0, result.output.size() - kCommandOutputMax);
  }
  return result;
}

}  // namespace harness
