#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "common/base/duration.h"
#include "common/base/text.h"
#include "harness/process/strays.h"
#include "harness/ready/probe.h"

namespace harness {
namespace {

constexpr std::size_t kTailBytesMax = 512;
constexpr std::size_t kTailLinesMax = 3;
constexpr int kNotExecutable = 126;  // what a shell ends with where it could not start the program
constexpr int kNoProgram = 127;

// Both outputs of a child, of which the end is kept.
class Output {
 public:
  // False where there is no pipe to be had.
  bool open() {
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) {
      return false;
    }
    reader_ = base::UniqueFd(ends[0]);
    writer_ = base::UniqueFd(ends[1]);
    ::fcntl(reader_.get(), F_SETFL, O_NONBLOCK);
    return true;
  }

  [[nodiscard]] int writer() const { return writer_.get(); }

  void close_writer() { writer_.reset(); }

  [[nodiscard]] int reader() const { return reader_.get(); }

  // What is there by now; false at the end.
  bool read() {
    std::array<char, 4096> block{};
    const ssize_t got = ::read(reader_.get(), block.data(), block.size());
    if (got > 0) {
      tail_.append(block.data(), static_cast<std::size_t>(got));
      tail_.erase(0, tail_.size() - std::min(tail_.size(), kTailBytesMax));
    }
    return got > 0 || (got < 0 && (errno == EAGAIN || errno == EINTR));
  }

  // The last lines as one.
  [[nodiscard]] std::string told() const {
    std::vector<std::string> lines;
    for (const std::string_view line : base::split(tail_, '\n')) {
      if (!base::trimmed(line).empty()) {
        lines.push_back(base::printable(base::trimmed(line)));
      }
    }
    lines.erase(lines.begin(),
                lines.end() - static_cast<std::ptrdiff_t>(std::min(lines.size(), kTailLinesMax)));
    return lines.empty() ? "" : ": " + base::join(lines, " | ");
  }

 private:
  base::UniqueFd reader_;
  base::UniqueFd writer_;
  std::string tail_;
};

// Until the child has ended or the time is over. Who only holds its output is not waited for.
std::optional<ExitStatus> watch(Process& process, Output& output, const base::Clock& clock,
                                base::MonoTime deadline) {
  bool open = true;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - clock.mono()).count();
    if (left <= 0) {
      return process.poll();
    }
    std::array<pollfd, 2> polled{pollfd{process.pidfd(), POLLIN, 0},
                                 pollfd{open ? output.reader() : -1, POLLIN, 0}};
    ::poll(polled.data(), polled.size(), static_cast<int>(left));
    if (polled[1].revents != 0) {
      open = output.read();
    } else if (polled[0].revents != 0) {
      return process.poll();
    }
  }
}

}  // namespace

ProbeResult probe_command(const std::vector<std::string>& argv, std::chrono::milliseconds timeout,
                          const Surroundings& surroundings) {
  Output output;
  if (!output.open()) {
    return {Readiness::kNotYet, base::system_error("cannot keep its output", errno).message};
  }
  ProcessSpec spec;
  spec.argv = argv;
  if (argv.front().find('/') != std::string::npos) {
    spec.argv.front() =
        (std::filesystem::path(surroundings.directory) / argv.front()).lexically_normal().string();
  }
  spec.environment = surroundings.environment.entries();
  spec.directory = surroundings.directory;
  spec.output = output.writer();
  base::Result<SideChild> child = SideChild::spawn(spec);
  if (!child) {
    return {Readiness::kNever, child.error().message};
  }
  output.close_writer();
  const base::Clock& clock = surroundings.clock;
  const auto status = watch(child->process(), output, clock, clock.mono() + timeout);
  if (status && status->clean()) {
    return {Readiness::kReady, argv.front() + " ended with exit code 0"};
  }
  if (!status) {
    return {Readiness::kNotYet,
            argv.front() + " did not end within " + base::format_duration(timeout) + output.told()};
  }
  const bool no_program =
      status->signal == 0 && (status->code == kNotExecutable || status->code == kNoProgram);
  return {no_program ? Readiness::kNever : Readiness::kNotYet,
          argv.front() + " ended with " + to_string(*status) + output.told()};
}

}  // namespace harness
