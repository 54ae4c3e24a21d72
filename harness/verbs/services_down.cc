#include <poll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <chrono>
#include <csignal>
#include <string>

#include "common/base/file.h"
#include "harness/verbs/services.h"
#include "harness/verbs/services_state.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kKeeperGrace{30'000};  // it gives each service its own grace
constexpr milliseconds kServiceGrace{2'000};
constexpr milliseconds kKillTime{5'000};

// A process that cannot turn into another one between the question and the signal.
class Held {
 public:
  explicit Held(const KeptProcess& process)
      : process_(process),
        handle_(static_cast<int>(::syscall(SYS_pidfd_open, process.pid, 0))) {
    // Asked after it is held: from here on the number stays its own.
    if (handle_.valid() && !is_running(process)) {
      handle_.reset();
    }
  }

  [[nodiscard]] bool running() const { return handle_.valid(); }

  // True where it has ended within that time.
  bool end(int signal, milliseconds time) {
    ::syscall(SYS_pidfd_send_signal, handle_.get(), signal, nullptr, 0);
    return wait(time);
  }

  bool end_group(int signal, milliseconds time) {
    ::kill(-process_.pid, signal);
    return wait(time);
  }

 private:
  bool wait(milliseconds time) const {
    pollfd polled{handle_.get(), POLLIN, 0};
    return ::poll(&polled, 1, static_cast<int>(time.count())) > 0;
  }

  const KeptProcess& process_;
  base::UniqueFd handle_;
};

void end_keeper(const KeptProcess& keeper, const VerbContext& context) {
  Held held(keeper);
  if (!held.running()) {
    tell(context, "the process that kept the services is gone; what it left is ended");
    return;
  }
  if (!held.end(SIGTERM, kKeeperGrace)) {
    held.end(SIGKILL, kKillTime);
  }
}

// Only where the keeper was killed: it ends its services itself.
void end_left_behind(const KeptProcess& service, const VerbContext& context) {
  Held held(service);
  if (held.running()) {
    tell(context, "ending process " + std::to_string(service.pid) + ", left behind");
    if (!held.end_group(SIGTERM, kServiceGrace)) {
      held.end_group(SIGKILL, kKillTime);
    }
  }
}

}  // namespace

int services_down_verb(const ServicesOptions& options, const VerbContext& context) {
  const base::Result<Config> config = load_config(options.config.path);
  if (!config) {
    tell(context, config.error().message);
    return kVerbUsage;
  }
  const std::string directory = services_directory(*config, options);
  const base::Result<ServicesState> state = read_state(directory);
  if (!state) {
    const bool none = state.error().kind == base::ErrorKind::kNotFound;
    tell(context, none ? "no services are up" : state.error().message);
    return none ? kVerbOk : kVerbUsage;
  }
  end_keeper(state->keeper, context);
  for (const KeptProcess& service : state->services) {
    end_left_behind(service, context);
  }
  remove_state(directory);
  tell(context, "services are down");
  return kVerbOk;
}

}  // namespace harness
