// A private NATS server with JetStream, its store in a folder of its own, on a port of its own,
// with a random password.
#include <sys/stat.h>

#include <cerrno>
#include <optional>
#include <string>
#include <utility>

#include "common/base/file.h"
#include "common/base/random.h"
#include "harness/service/local_server.h"
#include "harness/service/program.h"

namespace harness {
namespace {

constexpr std::size_t kPasswordBytes = 16;
constexpr std::chrono::milliseconds kCheckTimeout{1'000};
constexpr const char* kUser = "app";

class Nats final : public LocalServer {
 public:
  explicit Nats(LocalPlan plan) : LocalServer(std::move(plan)) {}

  // The child goes before its folder.
  ~Nats() override { stop(); }

  [[nodiscard]] std::string url() const override {
    return std::string("nats://") + kUser + ":" + password_ + "@127.0.0.1:" + std::to_string(port_);
  }

 protected:
  base::Result<ProcessSpec> command(int port) override;

  ProbeResult check() override { return probe_nats(url(), kCheckTimeout); }

 private:
  base::Result<std::string> write_configuration() const;

  std::optional<base::TemporaryDirectory> folder_;
  std::string password_ = base::random_token(kPasswordBytes);
  int port_ = 0;
};

// By file: arguments can be read by every user of the machine.
base::Result<std::string> Nats::write_configuration() const {
  const std::string path = (folder_->path() / "nats.conf").string();
  const std::string text = "listen: \"127.0.0.1:" + std::to_string(port_) +
                           "\"\nauthorization: {user: \"" + kUser + "\", password: \"" + password_ +
                           "\"}\njetstream: {store_dir: \"" + folder_->path().string() + "\"}\n";
  if (base::Result<void> written = base::write_file(path, text); !written) {
    return written.error();
  }
  if (::chmod(path.c_str(), 0600) != 0) {
    return base::system_error("cannot protect " + path, errno);
  }
  return path;
}

base::Result<ProcessSpec> Nats::command(int port) {
  port_ = port;
  // Debian puts it where only root's PATH looks.
  const base::Result<std::string> server =
      need_program("nats-server", plan().environment, {"/usr/sbin"}, "nats-server");
  if (!server) {
    return server.error();
  }
  base::Result<base::TemporaryDirectory> folder = base::TemporaryDirectory::make("drydock-nats-");
  if (!folder) {
    return folder.error();
  }
  folder_ = *std::move(folder);
  const base::Result<std::string> configuration = write_configuration();
  if (!configuration) {
    return configuration.error();
  }
  ProcessSpec spec;
  spec.argv = {*server, "--config", *configuration};
  spec.environment = plain_environment();
  spec.directory = folder_->path().string();
  return spec;
}

}  // namespace

std::unique_ptr<LocalServer> make_nats(LocalPlan plan) {
  return std::make_unique<Nats>(std::move(plan));
}

}  // namespace harness
