// The application under test, or a part of it, as the user's file starts it. It is told its port
// and the addresses of what it needs by environment, and nothing about tests.
#include <filesystem>
#include <string>
#include <utility>

#include "harness/service/local_server.h"

namespace harness {
namespace {

constexpr std::chrono::milliseconds kCheckTimeout{1'000};

class Application final : public LocalServer {
 public:
  Application(LocalPlan plan, Values values)
      : LocalServer(std::move(plan)),
        values_(std::move(values)) {}

  ~Application() override { stop(); }

  // One without a URL has a port all the same, for whatever it likes.
  [[nodiscard]] std::string url() const override {
    return !has_url(service().kind)
               ? std::string()
               : std::string(name_of(service().kind)) + "://127.0.0.1:" + std::to_string(port_);
  }

 protected:
  base::Result<ProcessSpec> command(int port) override;

  // While it starts no status is fatal: routes may come after the port.
  ProbeResult check() override {
    ServiceConfig starting = service();
    starting.ready.fatal_statuses.clear();
    return probe(
        starting, url(), {plan().environment, *plan().clock, plan().directory},
        starting.kind == ServiceKind::kCommand ? starting.ready.check_timeout : kCheckTimeout);
  }

 private:
  [[nodiscard]] std::string program() const;

  Values values_;
  int port_ = 0;
};

// A path with a slash is relative to the file, as every path of the file is.
std::string Application::program() const {
  const std::string& name = service().local->run.front();
  return name.find('/') == std::string::npos
             ? name
             : (std::filesystem::path(plan().directory) / name).lexically_normal().string();
}

base::Result<ProcessSpec> Application::command(int port) {
  port_ = port;
  base::Environment environment = plan().environment;
  // Its last words must be in the log when it dies.
  if (!environment.has("PYTHONUNBUFFERED")) {
    environment.set("PYTHONUNBUFFERED", "1");
  }
  for (const auto& [variable, text] : service().env) {
    base::Result<std::string> value = substitute(text, values_);
    if (!value) {
      return std::move(value).error().within(service().place + ": " + variable);
    }
    environment.set(variable, *std::move(value));
  }
  environment.set("PORT", std::to_string(port));
  ProcessSpec spec;
  spec.argv = service().local->run;
  spec.argv.front() = program();
  spec.environment = environment.entries();
  spec.directory = (std::filesystem::path(plan().directory) / service().local->directory).string();
  return spec;
}

}  // namespace

std::unique_ptr<LocalServer> make_application(LocalPlan plan, Values values) {
  return std::make_unique<Application>(std::move(plan), std::move(values));
}

}  // namespace harness
