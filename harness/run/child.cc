#include "harness/run/child.h"

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <csignal>

namespace harness {
namespace {

constexpr std::size_t kBlock = 64 * 1024;
constexpr int kBlocksAtOnce = 16;  // then others have their turn
// After the process and its strays are gone: what a pipe may still hold, and some for a racing
// writer.
constexpr int kLastBlocks = 64;

}  // namespace

base::Result<std::unique_ptr<Child>> Child::start(Loop& loop, const MemoryGroup& memory,
                                                  ProcessSpec spec, Handlers handlers) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return base::system_error("cannot make a pipe", errno);
  }
  base::UniqueFd reader(ends[0]);
  const base::UniqueFd writer(ends[1]);
  ::fcntl(reader.get(), F_SETFL, O_NONBLOCK);
  spec.output = writer.get();
  spec.guarded = true;
  MemoryCounts before = memory.counts();
  base::Result<Process> process = Process::spawn(spec);
  if (!process) {
    return std::move(process).error();
  }
  return std::unique_ptr<Child>(new Child(loop, memory, std::move(before), std::move(*process),
                                          std::move(reader), std::move(handlers)));
}

Child::Child(Loop& loop, const MemoryGroup& memory, MemoryCounts memory_before, Process process,
             base::UniqueFd output, Handlers handlers)
    : loop_(&loop),
      memory_(&memory),
      memory_before_(std::move(memory_before)),
      process_(std::move(process)),
      output_(std::move(output)),
      handlers_(std::move(handlers)) {
  loop_->watch(output_.get(), [this] { read_output(); });
  loop_->watch(process_.pidfd(), [this] { on_exit(); });
}

Child::~Child() {
  if (output_.valid()) {
    loop_->unwatch(output_.get());
  }
  loop_->unwatch(process_.pidfd());
  if (kill_timer_) {
    loop_->cancel(*kill_timer_);
  }
}

void Child::end(int signal) {
  if (signalled_) {
    process_.signal_group(SIGKILL);
    return;
  }
  signalled_ = true;
  process_.signal_group(signal);
  process_.signal_group(SIGCONT);  // a stopped process sees no other signal
  kill_timer_ = loop_->at(loop_->clock().mono() + kKillGrace, [this] {
    kill_timer_.reset();
    process_.signal_group(SIGKILL);
  });
}

void Child::read_output() {
  std::array<char, kBlock> block;
  for (int i = 0; i < kBlocksAtOnce && output_.valid(); ++i) {
    const ssize_t got = ::read(output_.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got < 0) {
      return;
    }
    if (got == 0) {
      loop_->unwatch(output_.get());
      output_.reset();
      return;
    }
    handlers_.output(std::string_view(block.data(), static_cast<std::size_t>(got)));
  }
}

void Child::on_exit() {
  const std::optional<ExitStatus> status = process_.poll();
  if (!status) {
    return;
  }
  loop_->unwatch(process_.pidfd());  // it stays readable
  End end;
  end.status = *status;
  end.signalled = signalled_;
  end.use = process_.use();
  end.at = loop_->clock().mono();
  if (!end.status.clean()) {
    end.out_of_memory = out_of_memory(memory_before_, memory_->counts());
  }
  // Before any report is read: a forked child may overwrite what its parent wrote.
  end.strays = reap_strays(handlers_.known());
  for (int i = 0; i < kLastBlocks / kBlocksAtOnce && output_.valid(); ++i) {
    read_output();
  }
  const auto ended = std::move(handlers_.ended);
  ended(end);
}

}  // namespace harness
