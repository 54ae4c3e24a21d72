// service: the services of a run, found or started. A service whose url_env is set is somebody else's: used,
// never started or stopped. Any other with `local` is started as a private child and removed after the run.
//
// May include: common/{base,http/client}, harness/{config,process,ready}.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/env.h"
#include "common/base/error.h"
#include "harness/config/config.h"

namespace harness {

// Where a service can be reached, and what a test is told of it.
struct ServiceAddress {
  std::string name;
  ServiceKind kind = ServiceKind::kHttp;
  bool local = false;  // started by us
  std::string url;     // may hold a password: never printed as it is
  std::string base_url;  // mockllm: url + "/v1"
  std::string key;       // mockllm: the alias of the services that call it (one per calling service, see keys)
  std::vector<std::pair<std::string, std::string>> keys;  // (calling service, alias)
};

// A service that did not come up, or is gone.
struct ServiceFailure {
  std::string service;
  std::string reason;  // the last one, without credentials
  bool fatal = false;  // refused for good (a wrong password): exit 11, else 10
  std::string log;     // the tail of its output, where it is ours
};

class Services {
 public:
  struct Options {
    std::string mockllm;         // path of the mockllm binary
    std::string log_directory;   // <name>.log for each local service
    std::string run;             // the run's name
    std::string control_token;   // for mockllm's control API
    bool find_only = false;      // start nothing
  };

  // `config`, `clock` outlive it. Services start in the order of their needs.
  Services(const Config& config, const base::Environment& environment, const base::Clock& clock, Options options);
  ~Services();  // stops what it started

  // Starts and waits for all that the suites use (all services where `names` is empty). nullopt is success.
  std::optional<ServiceFailure> up(const std::vector<std::string>& names);
  // Ends what was started, last first; nothing is left running.
  void down();

  [[nodiscard]] const ServiceAddress* find(std::string_view name) const;
  [[nodiscard]] const std::vector<ServiceAddress>& all() const;
  // The first service that was ready and is not any more: asked after a failed test. A quick protocol probe.
  [[nodiscard]] std::optional<ServiceFailure> lost(const std::vector<std::string>& names) const;
  // For `${postgres.url}` and for a test's environment (URL variables by url_env).
  [[nodiscard]] Values values() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace harness
