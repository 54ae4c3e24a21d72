#include "harness/process/process.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <csignal>
#include <cstring>
#include <ctime>

#include "common/base/text.h"
#include "harness/process/launch.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kDescriptorsMax = 16;  // of one child, beside 0 to 2
constexpr milliseconds kKillTimeMax{
    5'000};  // a process in an uninterruptible call may outlive its KILL
constexpr milliseconds kKillPause{1};
constexpr std::string_view kDefaultPath = "/usr/local/bin:/usr/bin:/bin";

std::vector<char*> pointers(const std::vector<std::string>& texts) {
  std::vector<char*> out;
  out.reserve(texts.size() + 1);
  for (const std::string& text : texts) {
    out.push_back(const_cast<char*>(text.c_str()));  // NOLINT: execve does not write to them
  }
  out.push_back(nullptr);
  return out;
}

std::string path_of(const std::vector<std::string>& environment) {
  for (const std::string& entry : environment) {
    if (entry.starts_with("PATH=")) {
      return entry.substr(5);
    }
  }
  return std::string(kDefaultPath);
}

base::Error launch_error(const LaunchFailure& failure, const ProcessSpec& spec) {
  switch (failure.step) {
    case LaunchStep::kFork:
      return base::system_error("cannot start a process", failure.error_number);
    case LaunchStep::kGroup:
      return base::system_error("cannot make a process group", failure.error_number);
    case LaunchStep::kUser:
      return base::system_error("cannot become user " + std::to_string(spec.user->first),
                                failure.error_number);
    case LaunchStep::kDirectory:
      return base::system_error("cannot enter " + spec.directory, failure.error_number);
    case LaunchStep::kDescriptors:
      return base::system_error("cannot hand over descriptors", failure.error_number);
    case LaunchStep::kExec:
      break;
  }
  if (failure.error_number == ENOEXEC) {
    return base::invalid_input("cannot run " + spec.argv[0] + ": not a program");
  }
  if (failure.error_number == ENOENT) {
    return base::not_found("cannot run " + spec.argv[0] + ": its interpreter does not exist");
  }
  return base::system_error("cannot run " + spec.argv[0], failure.error_number);
}

// What the child wrote where it did not become the program; nothing where it did (the pipe closed).
std::optional<LaunchFailure> read_failure(int fd) {
  LaunchFailure failure;
  ssize_t got = 0;
  do {
    got = ::read(fd, &failure, sizeof failure);
  } while (got < 0 && errno == EINTR);
  return got == static_cast<ssize_t>(sizeof failure) ? std::optional(failure) : std::nullopt;
}

void pause_briefly() {
  const timespec pause{0, std::chrono::nanoseconds(kKillPause).count()};
  ::nanosleep(&pause, nullptr);
}

}  // namespace

std::string to_string(const ExitStatus& status) {
  if (status.signal == 0) {
    return "exit code " + std::to_string(status.code);
  }
  const char* name = ::strsignal(status.signal);
  return "signal " + std::to_string(status.signal) + " (" + (name != nullptr ? name : "?") + ")";
}

base::Result<std::string> find_program(const std::string& program, const std::string& path) {
  const auto runnable = [](const std::string& file) {
    struct stat info {};
    return ::stat(file.c_str(), &info) == 0 && S_ISREG(info.st_mode) &&
           ::access(file.c_str(), X_OK) == 0;
  };
  if (program.find('/') != std::string::npos) {
    struct stat info {};

    if (::stat(program.c_str(), &info) != 0) {
      return base::system_error("cannot run " + program, errno);
    }
    if (!runnable(program)) {
      return base::permission_denied("cannot run " + program + ": " +
                                     (S_ISDIR(info.st_mode) ? "a folder" : "not executable"));
    }
    return std::filesystem::absolute(program).string();
  }
  for (const std::string_view folder : base::split(path, ':')) {
    const std::string file = std::string(folder.empty() ? "." : folder) + "/" + program;
    if (runnable(file)) {
      return file;
    }
  }
  return base::not_found("no program " + program + " in PATH " + path);
}

base::Result<Process> Process::spawn(const ProcessSpec& spec) {
  CHECK(!spec.argv.empty() && spec.descriptors.size() <= kDescriptorsMax);
  base::Result<std::string> program = find_program(spec.argv[0], path_of(spec.environment));
  if (!program) {
    return std::move(program).error();
  }
  const base::UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
  int ends[2];
  if (!null.valid() || ::pipe2(ends, O_CLOEXEC) != 0) {
    return base::system_error("cannot start a process", errno);
  }
  const base::UniqueFd failure_in(ends[0]);
  base::UniqueFd failure_out(ends[1]);

  std::vector<std::pair<int, int>> descriptors = spec.descriptors;
  std::sort(descriptors.begin(), descriptors.end(),
            [](const auto& a, const auto& b) { return a.second < b.second; });
  std::vector<int> sources;
  std::vector<int> targets;
  for (const auto& [ours, childs] : descriptors) {
    CHECK(ours >= 0 && childs > STDERR_FILENO);
    sources.push_back(ours);
    targets.push_back(childs);
  }
  const std::vector<char*> argv = pointers(spec.argv);
  const std::vector<char*> environment = pointers(spec.environment);
  Launch plan;
  plan.program = program->c_str();
  plan.argv = argv.data();
  plan.environment = environment.data();
  plan.directory = spec.directory.empty() ? nullptr : spec.directory.c_str();
  plan.input = null.get();
  plan.output = spec.output >= 0 ? spec.output : null.get();
  plan.error_output = spec.error_output >= 0 ? spec.error_output : plan.output;
  plan.sources = sources.data();
  plan.targets = targets.data();
  plan.descriptors = sources.size();
  plan.change_user = spec.user.has_value();
  plan.user = spec.user ? spec.user->first : 0;
  plan.group = spec.user ? spec.user->second : 0;
  plan.failure = failure_out.get();
  plan.expendable = spec.guarded;

  Process process;
  process.pid_ = spec.guarded ? launch_guarded(plan) : launch(plan);
  if (process.pid_ < 0) {
    return base::system_error("cannot start a process", errno);
  }
  failure_out.reset();
  if (const std::optional<LaunchFailure> failure = read_failure(failure_in.get())) {
    return launch_error(*failure, spec);
  }
  process.pidfd_ = base::UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, process.pid_, 0)));
  if (!process.pidfd_.valid()) {
    return base::system_error("cannot watch a process", errno);
  }
  return process;
}

Process::Process(Process&& other) noexcept
    : pid_(std::exchange(other.pid_, -1)),
      pidfd_(std::move(other.pidfd_)),
      status_(std::exchange(other.status_, std::nullopt)),
      use_(other.use_) {}

Process& Process::operator=(Process&& other) noexcept {
  if (this != &other) {
    end_now();
    pid_ = std::exchange(other.pid_, -1);
    pidfd_ = std::move(other.pidfd_);
    status_ = std::exchange(other.status_, std::nullopt);
    use_ = other.use_;
  }
  return *this;
}

Process::~Process() {
  end_now();
}

void Process::record(int wait_status, const ::rusage& use) {
  status_ = WIFSIGNALED(wait_status) ? ExitStatus{0, WTERMSIG(wait_status)}
                                     : ExitStatus{WEXITSTATUS(wait_status), 0};
  const auto time = [](const timeval& value) {
    return std::chrono::seconds(value.tv_sec) + std::chrono::microseconds(value.tv_usec);
  };
  use_.peak_memory_bytes = static_cast<std::int64_t>(use.ru_maxrss) * 1024;
  use_.cpu = time(use.ru_utime) + time(use.ru_stime);
}

std::optional<ExitStatus> Process::poll() {
  if (status_ || pid_ < 0) {
    return status_;
  }
  int wait_status = 0;

  struct rusage use {};

  if (::wait4(pid_, &wait_status, WNOHANG, &use) == pid_) {
    record(wait_status, use);
  }
  return status_;
}

std::optional<ExitStatus> Process::wait_until(const base::Clock& clock, base::MonoTime deadline) {
  while (!poll()) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - clock.mono());
    if (left <= milliseconds{0}) {
      return std::nullopt;
    }
    pollfd watched{pidfd_.get(), POLLIN, 0};
    ::poll(&watched, 1, static_cast<int>(std::min<std::int64_t>(left.count(), INT_MAX)));
  }
  return status_;
}

void Process::signal_group(int signal) const {
  if (pid_ > 0 && !status_) {
    ::kill(-pid_, signal);
  }
}

ExitStatus Process::stop(const base::Clock& clock, milliseconds grace) {
  signal_group(SIGTERM);
  siginfo_t ended{};
  const base::MonoTime deadline = clock.mono() + grace;
  // Waits without reaping: the group keeps its number until the KILL below has reached it.
  while (!status_ && clock.mono() < deadline) {
    const auto left = std::chrono::ceil<milliseconds>(deadline - clock.mono());
    pollfd watched{pidfd_.get(), POLLIN, 0};
    ::poll(&watched, 1, static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, INT_MAX)));
    if (::waitid(P_PIDFD, static_cast<id_t>(pidfd_.get()), &ended, WEXITED | WNOHANG | WNOWAIT) !=
            0 ||
        ended.si_pid != 0) {
      break;
    }
  }
  end_now();
  return status_.value_or(ExitStatus{0, SIGKILL});
}

void Process::end_now() {
  if (pid_ < 0 || status_) {
    return;
  }
  const auto tries = kKillTimeMax / kKillPause;
  for (auto i = tries; i > 0; --i) {
    const bool group_left = ::kill(-pid_, SIGKILL) == 0;
    int wait_status = 0;

    struct rusage use {};

    pid_t reaped = 0;
    while ((reaped = ::wait4(-pid_, &wait_status, WNOHANG, &use)) > 0) {
      if (reaped == pid_) {
        record(wait_status, use);
      }
    }
    if (status_ && !group_left) {
      return;
    }
    pause_briefly();
  }
}

base::Result<void> become_subreaper() {
  if (::prctl(PR_SET_CHILD_SUBREAPER, 1) != 0) {
    return base::system_error("cannot become a subreaper", errno);
  }
  return {};
}

}  // namespace harness
