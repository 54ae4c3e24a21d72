// service: the services of a run, found or started. A service whose url_env is set is somebody
// else's: used, never started or stopped. Any other with `local` is started as a private child and
// removed after the run.
//
// Doors: Services here; base_environment.h says what tests and applications inherit. Siblings
// postgres.cc, redis.cc, mockllm.cc and application.cc know how one kind is started; local_server.h
// is what they share. May include: common/{base,http,http/client},
// harness/{suite,config,process,ready}.
#pragma once

#include <sys/types.h>

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/env.h"
#include "common/base/error.h"
#include "harness/config/config.h"
#include "harness/ready/waiter.h"
#include "harness/suite/exit_code.h"

namespace harness {

// Where a service can be reached, and what a test is told of it.
struct ServiceAddress {
  std::string name;
  ServiceKind kind = ServiceKind::kHttp;
  bool local = false;    // started by us
  std::string url;       // may hold a password: never printed as it is
  std::string base_url;  // mockllm: url + "/v1"
  std::string
      key;  // mockllm: the alias of the services that call it (one per calling service, see keys)
  std::vector<std::pair<std::string, std::string>> keys;  // (calling service, alias)
  std::chrono::milliseconds waited{0};                    // until it was ready
};

// A service that did not come up, or is gone.
struct ServiceFailure {
  std::string service;
  std::string reason;  // the last one, without credentials
  // Refused for good (a wrong password): kServiceRefused. Turned its files down (a mistake in a
  // fixture): kUsage.
  ExitCode exit_code = ExitCode::kServiceNotReady;
  std::string log;  // the tail of its output, where it is ours
};

class Services {
 public:
  // Told of each service before those that need it are started. An error ends up().
  using Ready = std::function<base::Result<void>(const ServiceAddress&)>;

  struct Options {
    std::string mockllm = {};        // path of the mockllm binary; empty: found in PATH
    std::string log_directory = {};  // <name>.log for each local service
    std::string run = {};            // the run's name
    std::string control_token = {};  // for mockllm's control API
    bool find_only = false;          // start nothing
    // For a local mockllm: flags in place of `--mode replay`, and variables such as the upstream's
    // key.
    std::vector<std::string> mockllm_arguments = {"--mode", "replay"};
    Pairs mockllm_environment = {};
    std::string upstream_key_variable = {};  // kept from every other service
    Ready ready = {};
    Pause pause = {};  // false ends up() early; empty: a plain sleep
  };

  // `config`, `clock` outlive it. Services start in the order of their needs, those that need
  // nothing of each other at the same time.
  Services(const Config& config, const base::Environment& environment, const base::Clock& clock,
           Options options);
  ~Services();  // stops what it started
  Services(const Services&) = delete;
  Services& operator=(const Services&) = delete;

  // Starts and waits for all that the suites use (all services where `names` is empty). nullopt is
  // success. After a failure down() ends what was started.
  std::optional<ServiceFailure> up(const std::vector<std::string>& names);
  // Ends what was started, last first; nothing is left running.
  void down();

  [[nodiscard]] const ServiceAddress* find(std::string_view name) const;
  // Those that are ready, in the order in which they became it.
  [[nodiscard]] const std::vector<ServiceAddress>& all() const;
  // The first service that was ready and is not any more: asked after a failed test. A quick
  // protocol probe.
  [[nodiscard]] std::optional<ServiceFailure> lost(const std::vector<std::string>& names) const;
  // The first child of ours that has ended by itself, without asking any of them anything.
  [[nodiscard]] std::optional<ServiceFailure> ended() const;
  // For `${postgres.url}` and for a test's environment (URL variables by url_env).
  [[nodiscard]] Values values() const;
  // Of the children that run, so that nobody takes them for strays.
  [[nodiscard]] std::vector<pid_t> pids() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace harness
