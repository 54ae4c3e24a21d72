// A private mockllm. It chooses its port itself and says on the first line of its output which.
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "common/base/file.h"
#include "harness/service/local_server.h"
#include "harness/service/program.h"

namespace harness {
namespace {

constexpr std::string_view kListening = "listening on ";
constexpr std::size_t kLogBytesMax = 1024 * 1024;  // before its first line it says little
constexpr std::chrono::milliseconds kCheckTimeout{1'000};

class Mockllm final : public LocalServer {
 public:
  Mockllm(LocalPlan plan, MockllmOptions options)
      : LocalServer(std::move(plan)),
        options_(std::move(options)) {}

  ~Mockllm() override { stop(); }

  [[nodiscard]] std::string url() const override { return url_; }

 protected:
  base::Result<ProcessSpec> command(int port) override;
  ProbeResult check() override;

  // Of `mockllm serve` where a flag or a fixture has a mistake.
  [[nodiscard]] std::optional<int> usage_code() const override { return 2; }

 private:
  MockllmOptions options_;
  std::string url_;
};

base::Result<ProcessSpec> Mockllm::command(int /*port*/) {
  const base::Result<std::string> program = find_mockllm(options_.program, plan().environment);
  if (!program) {
    return program.error();
  }
  ProcessSpec spec;
  spec.argv = {*program, "serve", "--host", "127.0.0.1", "--port", "0"};
  spec.argv.insert(spec.argv.end(), options_.arguments.begin(), options_.arguments.end());
  const LocalService& local = *service().local;
  if (!local.fixtures.empty()) {
    spec.argv.insert(spec.argv.end(), {"--fixtures", local.fixtures});
  }
  if (!local.cassettes.empty()) {
    spec.argv.insert(spec.argv.end(), {"--cassettes", local.cassettes});
  }
  spec.environment = plain_environment();
  // By environment: arguments can be read by every user of the machine.
  if (!options_.control_token.empty()) {
    spec.environment.push_back("MOCKLLM_CONTROL_TOKEN=" + options_.control_token);
  }
  for (const auto& [variable, value] : options_.environment) {
    spec.environment.push_back(variable + "=" + value);
  }
  // Fixtures are named as the file names them, so that the journal does too.
  spec.directory = plan().directory;
  return spec;
}

ProbeResult Mockllm::check() {
  if (url_.empty()) {
    const base::Result<std::string> log = base::read_file(plan().log, kLogBytesMax);
    const std::string text = log ? "\n" + *log : "";
    const std::size_t at = text.find("\n" + std::string(kListening));
    const std::size_t end = at == std::string::npos ? at : text.find('\n', at + 1);
    if (end == std::string::npos) {
      return {Readiness::kNotYet, "has not said yet where it listens"};
    }
    url_ = text.substr(at + 1 + kListening.size(), end - at - 1 - kListening.size());
  }
  return probe_http(url_, "/readyz", {}, kCheckTimeout);
}

}  // namespace

std::unique_ptr<LocalServer> make_mockllm(LocalPlan plan, MockllmOptions options) {
  return std::make_unique<Mockllm>(std::move(plan), std::move(options));
}

}  // namespace harness
