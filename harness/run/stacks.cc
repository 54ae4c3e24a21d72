#include "harness/run/stacks.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <utility>
#include <vector>

#include "common/base/duration.h"
#include "common/base/text.h"
#include "harness/process/snapshot.h"

namespace harness {
namespace {

constexpr std::size_t kProcessesMax = 4;  // of one test
constexpr std::size_t kBlock = 64 * 1024;
constexpr const char* kFramesMax = "64";  // of one thread

// Nothing of the user's, nothing out of the test's folder, nothing from a network.
std::vector<std::string> gdb_command(const std::string& program, const std::vector<pid_t>& pids) {
  std::vector<std::string> argv{program, "--batch", "--nx", "--quiet"};
  for (const char* setting : {"set auto-load off", "set debuginfod enabled off",
                              "set pagination off", "set print thread-events off"}) {
    argv.insert(argv.end(), {"-iex", setting});
  }
  for (const pid_t pid : pids) {
    for (const std::string& command :
         {"attach " + std::to_string(pid), std::string("thread apply all backtrace ") + kFramesMax,
          std::string("detach")}) {
      argv.insert(argv.end(), {"-ex", command});
    }
  }
  return argv;
}

}  // namespace

Stacks::Stacks(Loop& loop, pid_t guard, const std::string& path,
               std::function<void(const std::string&)> done)
    : loop_(loop),
      done_(std::move(done)) {
  if (const std::string why = start(guard, path); !why.empty()) {
    text_ = "no stacks: " + why + "\n";
    // From the loop, so that `done` may destroy this object.
    deadline_ = loop_.at(loop_.clock().mono(), [this] {
      deadline_.reset();
      finish("");
    });
  }
}

Stacks::~Stacks() {
  if (output_.valid()) {
    loop_.unwatch(output_.get());
  }
  if (deadline_) {
    loop_.cancel(*deadline_);
  }
}

// Empty, or why there are none.
std::string Stacks::start(pid_t guard, const std::string& path) {
  const base::Result<std::string> program = find_program("gdb", path);
  if (!program) {
    return "gdb is not installed";
  }
  std::vector<pid_t> pids = process_tree(guard);
  pids.erase(pids.begin());  // the guard
  pids.resize(std::min(pids.size(), kProcessesMax));
  int ends[2];
  if (pids.empty() || ::pipe2(ends, O_CLOEXEC) != 0) {
    return pids.empty() ? "the test has ended" : base::system_error("no pipe", errno).message;
  }
  output_ = base::UniqueFd(ends[0]);
  const base::UniqueFd writer(ends[1]);
  ::fcntl(output_.get(), F_SETFL, O_NONBLOCK);
  ProcessSpec spec;
  spec.argv = gdb_command(*program, pids);
  spec.environment = {"PATH=" + path, "LC_ALL=C.UTF-8", "HOME=/"};
  spec.directory = "/";
  spec.output = writer.get();
  base::Result<Process> gdb = Process::spawn(spec);
  if (!gdb) {
    output_.reset();
    return gdb.error().message;
  }
  gdb_ = std::move(*gdb);
  loop_.watch(output_.get(), [this] {
    if (!read_output()) {
      finish("");
    }
  });
  deadline_ = loop_.at(loop_.clock().mono() + kStacksTime, [this] {
    deadline_.reset();
    finish("gdb did not end within " + base::format_duration(kStacksTime) + "\n");
  });
  return "";
}

bool Stacks::read_output() {
  std::array<char, kBlock> block;
  const ssize_t got = ::read(output_.get(), block.data(), block.size());
  if (got > 0) {
    const std::size_t room = kStacksBytesMax - text_.size();
    text_.append(block.data(), std::min(static_cast<std::size_t>(got), room));
  }
  return got > 0 || (got < 0 && (errno == EINTR || errno == EAGAIN));
}

std::string Stacks::break_off() {
  if (!done_) {
    return "";
  }
  if (output_.valid()) {
    read_output();
  }
  done_ = nullptr;
  return text_ + "gdb was broken off: the test has ended\n";
}

void Stacks::finish(const std::string& note) {
  if (output_.valid()) {
    loop_.unwatch(output_.get());
    output_.reset();
  }
  if (deadline_) {
    loop_.cancel(*deadline_);
    deadline_.reset();
  }
  gdb_.reset();  // killed where it still runs: the kernel detaches it from the test
  const std::function<void(const std::string&)> done = std::exchange(done_, nullptr);
  done(text_ + note);  // this object may be gone after it
}

}  // namespace harness
