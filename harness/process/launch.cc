#include "harness/process/launch.h"

#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <limits>

namespace harness {
namespace {

constexpr int kLaunchFailedCode = 127;
// Descriptors are first moved up here, so that no target overwrites a source that is still needed.
constexpr int kParkingMin = 200;
constexpr char kFirstToGo[] = "1000";  // the most that oom_score_adj takes

[[noreturn]] void give_up(int failure, LaunchStep step) {
  const LaunchFailure report{step, errno};
  // A pipe takes this few bytes at once or not at all; where it does not, the exit code still
  // tells.
  [[maybe_unused]] const ssize_t written = ::write(failure, &report, sizeof report);
  ::_exit(kLaunchFailedCode);
}

void block_all_signals(sigset_t* before) {
  sigset_t all;
  ::sigfillset(&all);
  ::pthread_sigmask(SIG_SETMASK, &all, before);
}

void reset_signals() {
  struct sigaction action {};

  action.sa_handler = SIG_DFL;
  for (int signal = 1; signal < NSIG; ++signal) {
    ::sigaction(signal, &action, nullptr);  // fails for KILL and STOP, which have no other
  }
  sigset_t none;
  ::sigemptyset(&none);
  ::pthread_sigmask(SIG_SETMASK, &none, nullptr);
}

// Closes everything above 2 but the targets and `failure`, which is the highest.
bool close_others(const Launch& plan, int failure) {
  unsigned first = 3;
  for (std::size_t i = 0; i < plan.descriptors; ++i) {
    const auto target = static_cast<unsigned>(plan.targets[i]);
    if (target > first && ::close_range(first, target - 1, 0) != 0) {
      return false;
    }
    first = target >= first ? target + 1 : first;
  }
  const auto last = static_cast<unsigned>(failure);
  return (last <= first || ::close_range(first, last - 1, 0) == 0) &&
         ::close_range(last + 1, std::numeric_limits<unsigned>::max(), 0) == 0;
}

// Puts every descriptor in its place. Returns the new number of the failure pipe, -1 with errno
// set.
int arrange_descriptors(const Launch& plan) {
  int parked[16];
  for (std::size_t i = 0; i < plan.descriptors; ++i) {
    parked[i] = ::fcntl(plan.sources[i], F_DUPFD, kParkingMin);
    if (parked[i] < 0) {
      return -1;
    }
  }
  const int failure = ::fcntl(plan.failure, F_DUPFD_CLOEXEC, kParkingMin);
  if (failure < 0 || ::dup2(plan.input, STDIN_FILENO) < 0 ||
      ::dup2(plan.output, STDOUT_FILENO) < 0 || ::dup2(plan.error_output, STDERR_FILENO) < 0) {
    return -1;
  }
  for (std::size_t i = 0; i < plan.descriptors; ++i) {
    if (::dup2(parked[i], plan.targets[i]) < 0) {
      return -1;
    }
  }
  return close_others(plan, failure) ? failure : -1;
}

// May fail, as on a machine without /proc: then the kernel chooses as it likes.
void be_the_first_out_of_memory() {
  const int file = ::open("/proc/self/oom_score_adj", O_WRONLY | O_CLOEXEC);
  if (file >= 0) {
    [[maybe_unused]] const ssize_t written = ::write(file, kFirstToGo, sizeof kFirstToGo - 1);
    ::close(file);
  }
}

[[noreturn]] void become_program(const Launch& plan) {
  const int failure = arrange_descriptors(plan);
  if (failure < 0) {
    give_up(plan.failure, LaunchStep::kDescriptors);
  }
  if (plan.expendable) {
    be_the_first_out_of_memory();
    ::prctl(PR_SET_PTRACER, PR_SET_PTRACER_ANY);  // a debugger that we start is not its parent
  }
  if (plan.change_user &&
      (::setgroups(0, nullptr) != 0 || ::setgid(plan.group) != 0 || ::setuid(plan.user) != 0)) {
    give_up(failure, LaunchStep::kUser);
  }
  if (plan.directory != nullptr && ::chdir(plan.directory) != 0) {
    give_up(failure, LaunchStep::kDirectory);
  }
  reset_signals();
  ::execve(plan.program, plan.argv, plan.environment);
  give_up(failure, LaunchStep::kExec);
}

// vfork: the child borrows our memory until it is another program, so nothing is copied. Signals
// are blocked meanwhile: a handler of ours must not run in it.
[[gnu::noinline]] pid_t start(const Launch& plan, bool own_group) {
  const pid_t pid = ::vfork();  // NOLINT(clang-analyzer-security.insecureAPI.vfork)
  if (pid != 0) {
    return pid;
  }
  // The calls until execve change only what the child has of its own.
  if (own_group && ::setpgid(0, 0) != 0) {  // NOLINT(clang-analyzer-unix.Vfork)
    give_up(plan.failure, LaunchStep::kGroup);
  }
  become_program(plan);  // NOLINT(clang-analyzer-unix.Vfork)
}

// Ends this process the way the program ended, without a core of its own.
[[noreturn]] void end_like(int status) {
  if (WIFSIGNALED(status)) {
    ::prctl(PR_SET_DUMPABLE, 0);

    struct sigaction action {};

    action.sa_handler = SIG_DFL;
    ::sigaction(WTERMSIG(status), &action, nullptr);
    sigset_t only;
    ::sigemptyset(&only);
    ::sigaddset(&only, WTERMSIG(status));
    ::kill(::getpid(), WTERMSIG(status));
    ::pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
  }
  ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : kLaunchFailedCode);
}

// All signals stay blocked here: TERM and INT to the group are for the program.
[[noreturn]] void guard(const Launch& plan) {
  if (::setpgid(0, 0) != 0) {
    give_up(plan.failure, LaunchStep::kGroup);
  }
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);

  // A core of each crashing test would fill the disk of a pod; who wants one raises the limit in
  // the test.
  struct rlimit core {};

  if (::getrlimit(RLIMIT_CORE, &core) == 0) {
    core.rlim_cur = 0;
    ::setrlimit(RLIMIT_CORE, &core);
  }
  const pid_t program = start(plan, false);
  if (program < 0) {
    give_up(plan.failure, LaunchStep::kFork);
  }
  // From here on no descriptor of the harness is held: neither its pipes nor its files stay open.
  ::close_range(0, std::numeric_limits<unsigned>::max(), 0);
  for (;;) {
    int status = 0;
    const pid_t ended = ::waitpid(-1, &status, 0);
    if (ended == program) {
      end_like(status);
    }
    if (ended < 0 && errno != EINTR) {
      ::_exit(kLaunchFailedCode);
    }
  }
}

}  // namespace

pid_t launch(const Launch& plan) {
  sigset_t before;
  block_all_signals(&before);
  const pid_t pid = start(plan, true);
  const int error_number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error_number;
  return pid;
}

pid_t launch_guarded(const Launch& plan) {
  sigset_t before;
  block_all_signals(&before);
  const pid_t pid = ::fork();
  if (pid == 0) {
    guard(plan);
  }
  const int error_number = errno;
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  errno = error_number;
  return pid;
}

}  // namespace harness
