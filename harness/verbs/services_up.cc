#include <fcntl.h>
#include <linux/close_range.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <csignal>
#include <ctime>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/file.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "harness/secret/secret.h"
#include "harness/service/services.h"
#include "harness/verbs/services.h"
#include "harness/verbs/services_state.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kTokenBytes = 24;
constexpr milliseconds kWatchPause{500};
// Ends what a background keeper says over the pipe, once all is up. Never part of a line.
constexpr char kAllUp = '\0';
constexpr int kPipe = 3;  // the keeper's descriptors beside 0 to 2

// While it lives, signals that ask us to end are asked for instead of ending us.
class EndSignals {
 public:
  EndSignals() {
    ::sigemptyset(&signals_);
    for (const int signal : {SIGINT, SIGTERM, SIGHUP}) {
      ::sigaddset(&signals_, signal);
    }
    ::pthread_sigmask(SIG_BLOCK, &signals_, &before_);
  }

  ~EndSignals() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

  EndSignals(const EndSignals&) = delete;
  EndSignals& operator=(const EndSignals&) = delete;

  // True as soon as one came, false when the time is over.
  [[nodiscard]] bool wait(milliseconds time) const {
    const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(time);
    const timespec limit{seconds.count(), std::chrono::nanoseconds(time - seconds).count()};
    return ::sigtimedwait(&signals_, nullptr, &limit) > 0;
  }

 private:
  sigset_t signals_{};
  sigset_t before_{};
};

// What a shell takes literally.
std::string shell_word(std::string_view value) {
  std::string out = "'";
  for (const char c : value) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

// The variables that the file itself names: what an application or a test that runs by hand would
// read.
Pairs exports_of(const Config& config, const Services& services, const std::string& control_token) {
  Pairs exports;
  for (const ServiceAddress& address : services.all()) {
    const ServiceConfig& service = *config.service(address.name);
    if (!service.url_env.empty()) {
      exports.emplace_back(service.url_env, address.url);
    }
    if (!service.key_env.empty()) {
      exports.emplace_back(service.key_env, address.key);
    }
    if (service.kind == ServiceKind::kMockllm && address.local) {
      exports.emplace_back("MOCKLLM_CONTROL_TOKEN", control_token);
    }
  }
  return exports;
}

void print_exports(const Pairs& exports, const VerbContext& context) {
  if (context.json) {
    nlohmann::ordered_json environment = nlohmann::ordered_json::object();
    for (const auto& [name, value] : exports) {
      environment[name] = value;
    }
    print(context, nlohmann::ordered_json{{"environment", environment}}.dump());
    return;
  }
  for (const auto& [name, value] : exports) {
    print(context, "export " + name + "=" + shell_word(value));
  }
}

// A service's own words may hold what it was given.
std::string safe_log(const Services& services, const VerbContext& context, const std::string& log) {
  std::vector<std::string> urls;
  for (const ServiceAddress& address : services.all()) {
    urls.push_back(address.url);
  }
  const auto redactor = make_redactor({}, urls, context.environment);
  return redactor ? (*redactor)->apply(log)
                  : "(its log is withheld: " + redactor.error().message + ")";
}

void tell_failure(const Services& services, const ServiceFailure& failure,
                  const VerbContext& context) {
  tell(context, failure.service + ": " + failure.reason);
  if (!failure.log.empty()) {
    tell(context, safe_log(services, context, failure.log));
  }
}

ServicesState state_of(const Services& services) {
  ServicesState state;
  state.keeper = kept_process("keeper", ::getpid()).value_or(KeptProcess{});
  for (const pid_t pid : services.pids()) {
    if (std::optional<KeptProcess> service = kept_process("service", pid)) {
      state.services.push_back(*std::move(service));
    }
  }
  return state;
}

// Starts, tells, keeps, ends. `when_up` is called once, between telling and keeping.
template <typename WhenUp>
int keep(const Config& config, const ServicesOptions& options, const VerbContext& context,
         WhenUp when_up) {
  const EndSignals signals;
  bool interrupted = false;
  const std::string directory = services_directory(config, options);
  const std::string token = base::random_token(kTokenBytes);
  Services services(
      config, context.environment, context.clock,
      {.mockllm = options.mockllm,
       .log_directory = directory,
       .run = "services",
       .control_token = token,
       .pause = [&](milliseconds time) { return !(interrupted = signals.wait(time)); }});
  if (const auto failed = services.up(options.services)) {
    tell_failure(services, *failed, context);
    return interrupted ? kVerbInterrupted : code_of(failed->exit_code);
  }
  if (const base::Result<void> written = write_state(directory, state_of(services)); !written) {
    tell(context, written.error().message);
    return kVerbUsage;
  }
  print_exports(exports_of(config, services, token), context);
  when_up();
  int code = kVerbOk;
  while (code == kVerbOk && !signals.wait(kWatchPause)) {
    if (const auto gone = services.ended()) {
      tell_failure(services, *gone, context);
      code = kVerbNotReady;
    }
  }
  services.down();
  remove_state(directory);
  return code;
}

// The background process: a session of its own, and no descriptor of the caller's once all is up,
// or a
// `$(harness services up --detach)` would wait for it for ever.
[[noreturn]] void become_keeper(int pipe, const Config& config, const ServicesOptions& options,
                                const VerbContext& context) {
  ::setsid();
  const int speech = ::fcntl(context.err, F_DUPFD, kPipe + 1);
  const int null = ::open("/dev/null", O_RDWR | O_CLOEXEC);
  const int data = ::fcntl(pipe, F_DUPFD, kPipe + 1);
  if (speech < 0 || null < 0 || data < 0 || ::dup2(speech, STDERR_FILENO) < 0 ||
      ::dup2(null, STDIN_FILENO) < 0 || ::dup2(null, STDOUT_FILENO) < 0 ||
      ::dup2(data, kPipe) < 0) {
    ::_exit(kVerbUsage);
  }
  ::close_range(kPipe + 1, std::numeric_limits<unsigned>::max(), 0);
  ::fcntl(kPipe, F_SETFD, FD_CLOEXEC);
  const VerbContext own{context.environment, context.clock, kPipe, STDERR_FILENO, context.json};
  const auto let_go = [&] {
    const std::string log = services_directory(config, options) + "/keeper.log";
    const base::UniqueFd file(::open(log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    ::dup2(file.valid() ? file.get() : STDIN_FILENO, STDERR_FILENO);
    [[maybe_unused]] const base::Result<void> told =
        base::write_all(kPipe, std::string_view(&kAllUp, 1));
    ::close(kPipe);
  };
  ::_exit(keep(config, options, own, let_go));
}

std::string read_to_end(int fd) {
  std::string text;
  char block[4096];
  for (;;) {
    const ssize_t got = ::read(fd, block, sizeof block);
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got <= 0) {
      return text;
    }
    text.append(block, static_cast<std::size_t>(got));
  }
}

int detach(const Config& config, const ServicesOptions& options, const VerbContext& context) {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    tell(context, base::system_error("cannot make a pipe", errno).message);
    return kVerbUsage;
  }
  const base::UniqueFd ours(ends[0]);
  base::UniqueFd theirs(ends[1]);
  const pid_t keeper = ::fork();
  if (keeper == 0) {
    become_keeper(theirs.get(), config, options, context);
  }
  theirs.reset();
  if (keeper < 0) {
    tell(context, base::system_error("cannot start a process", errno).message);
    return kVerbUsage;
  }
  std::string said = read_to_end(ours.get());
  if (said.empty() || said.back() != kAllUp) {
    int status = 0;
    const bool ended = ::waitpid(keeper, &status, 0) == keeper && WIFEXITED(status);
    return ended && WEXITSTATUS(status) != kVerbOk ? WEXITSTATUS(status) : kVerbNotReady;
  }
  said.pop_back();
  [[maybe_unused]] const base::Result<void> printed = base::write_all(context.out, said);
  tell(context, "services are up, process " + std::to_string(keeper) +
                    "; end them with: harness services down");
  return kVerbOk;
}

}  // namespace

int services_up_verb(const ServicesOptions& options, const VerbContext& context) {
  const base::Result<Config> config = load_config(options.config.path);
  if (!config) {
    tell(context, config.error().message);
    return kVerbUsage;
  }
  for (const std::string& name : options.services) {
    if (config->service(name) == nullptr) {
      tell(context, "no service '" + base::printable(name) + "' in " + config->file);
      return kVerbUsage;
    }
  }
  const base::Result<ServicesState> before = read_state(services_directory(*config, options));
  if (before && is_running(before->keeper)) {
    tell(context, "services are up already, process " + std::to_string(before->keeper.pid) +
                      ": harness services down");
    return kVerbUsage;
  }
  if (options.detach) {
    return detach(*config, options, context);
  }
  return keep(*config, options, context,
              [&] { tell(context, "services are up, Ctrl-C ends them"); });
}

}  // namespace harness
