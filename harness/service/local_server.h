// One service that we run ourselves: prepared, started, watched until it answers, ended. Private to
// the room.
#pragma once

#include <sys/types.h>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/env.h"
#include "common/base/error.h"
#include "harness/config/config.h"
#include "harness/process/process.h"
#include "harness/ready/probe.h"
#include "harness/suite/exit_code.h"

namespace harness {

// What every local service is told. The references outlive it.
struct LocalPlan {
  const ServiceConfig* service = nullptr;
  const base::Clock* clock = nullptr;
  base::Environment
      environment;        // what an application inherits; other services take only PATH of it
  std::string directory;  // what relative paths start from
  std::string log;        // both outputs
};

// The tail of a log that a report shows.
inline constexpr std::size_t kLogTailBytesMax = 4096;

class LocalServer {
 public:
  explicit LocalServer(LocalPlan plan) : plan_(std::move(plan)) {}

  virtual ~LocalServer() = default;
  LocalServer(const LocalServer&) = delete;
  LocalServer& operator=(const LocalServer&) = delete;

  // Begins or goes on, without waiting for anything but one quick probe; asked until it says kReady
  // or kNever. A start that lost its port to somebody else is repeated on another one.
  ProbeResult advance();
  // What became of a service that was ready: nullopt while it runs.
  std::optional<std::string> ended();
  // What the end of a child before it was ready means for the run.
  [[nodiscard]] ExitCode code_of_end() const;
  // Ends the child and everything it made. Idempotent.
  void stop();

  [[nodiscard]] virtual std::string url() const = 0;
  [[nodiscard]] std::string log_tail() const;
  [[nodiscard]] std::optional<pid_t> pid() const;

 protected:
  // Work before the start, in as many steps as it takes: kNotYet is asked again, kReady goes on.
  virtual ProbeResult prepare() { return {Readiness::kReady, ""}; }

  // The child of a new start, on that port.
  virtual base::Result<ProcessSpec> command(int port) = 0;
  // Is the started child ready?
  virtual ProbeResult check() = 0;

  // The exit code by which it says that what it was given is wrong; nullopt: it has none.
  [[nodiscard]] virtual std::optional<int> usage_code() const { return std::nullopt; }

  // How it is asked to end.
  [[nodiscard]] virtual int stop_signal() const;

  [[nodiscard]] const LocalPlan& plan() const { return plan_; }

  [[nodiscard]] const ServiceConfig& service() const { return *plan_.service; }

  // Starts `spec` with its output at the end of the log.
  base::Result<Process> spawn(ProcessSpec spec) const;
  // PATH, a plain locale and UTC: for servers that are told everything by file and flag.
  [[nodiscard]] std::vector<std::string> plain_environment() const;

 private:
  base::Result<void> open_log();
  ProbeResult start();
  ProbeResult watch();

  LocalPlan plan_;
  std::optional<Process> child_;
  std::optional<ExitStatus> end_;  // of the child, before it was ready
  bool has_log_ = false;
  bool prepared_ = false;
  int starts_ = 0;
};

// One per kind. `control_token` and the rest of mockllm's are in its own options.
struct MockllmOptions {
  std::string program;  // empty: found in PATH
  std::string control_token;
  std::vector<std::string> arguments;
  Pairs environment;
};

std::unique_ptr<LocalServer> make_postgres(LocalPlan plan);
std::unique_ptr<LocalServer> make_redis(LocalPlan plan);
std::unique_ptr<LocalServer> make_nats(LocalPlan plan);
std::unique_ptr<LocalServer> make_mockllm(LocalPlan plan, MockllmOptions options);
// `values` are those of the services it needs.
std::unique_ptr<LocalServer> make_application(LocalPlan plan, Values values);

}  // namespace harness
