// A private Redis: nothing on disk but its configuration, on a port of its own, with a random
// password.
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
constexpr int kIsolatedDatabases = 1'024;  // one for each worker that there can be, and the shared
constexpr std::chrono::milliseconds kCheckTimeout{1'000};

class Redis final : public LocalServer {
 public:
  explicit Redis(LocalPlan plan) : LocalServer(std::move(plan)) {}

  // The child goes before its folder.
  ~Redis() override { stop(); }

  [[nodiscard]] std::string url() const override {
    return "redis://:" + password_ + "@127.0.0.1:" + std::to_string(port_) + "/0";
  }

 protected:
  base::Result<ProcessSpec> command(int port) override;

  ProbeResult check() override { return probe_redis(url(), ServerRole::kAny, kCheckTimeout); }

 private:
  base::Result<std::string> find_server() const;
  base::Result<std::string> write_configuration() const;

  std::optional<base::TemporaryDirectory> folder_;
  std::string password_ = base::random_token(kPasswordBytes);
  int port_ = 0;
};

// Debian 13 has both; they answer alike.
base::Result<std::string> Redis::find_server() const {
  base::Result<std::string> redis =
      need_program("redis-server", plan().environment, {}, "redis-server");
  if (redis) {
    return redis;
  }
  base::Result<std::string> valkey = need_program("valkey-server", plan().environment, {}, "");
  return valkey ? valkey : redis;
}

// By file: arguments can be read by every user of the machine.
base::Result<std::string> Redis::write_configuration() const {
  const std::string path = (folder_->path() / "redis.conf").string();
  const std::string text = "bind 127.0.0.1\nport " + std::to_string(port_) + "\nrequirepass " +
                           password_ + "\nsave \"\"\nappendonly no\ndaemonize no\ndir " +
                           folder_->path().string() + "\n";
  if (base::Result<void> written = base::write_file(path, text); !written) {
    return written.error();
  }
  if (::chmod(path.c_str(), 0600) != 0) {
    return base::system_error("cannot protect " + path, errno);
  }
  return path;
}

base::Result<ProcessSpec> Redis::command(int port) {
  port_ = port;
  const base::Result<std::string> server = find_server();
  if (!server) {
    return server.error();
  }
  base::Result<base::TemporaryDirectory> folder = base::TemporaryDirectory::make("drydock-redis-");
  if (!folder) {
    return folder.error();
  }
  folder_ = *std::move(folder);
  const base::Result<std::string> configuration = write_configuration();
  if (!configuration) {
    return configuration.error();
  }
  ProcessSpec spec;
  spec.argv = {*server, *configuration};
  if (service().isolation == Isolation::kDatabase) {
    spec.argv.insert(spec.argv.end(), {"--databases", std::to_string(kIsolatedDatabases)});
  }
  spec.environment = plain_environment();
  spec.directory = folder_->path().string();
  return spec;
}

}  // namespace

std::unique_ptr<LocalServer> make_redis(LocalPlan plan) {
  return std::make_unique<Redis>(std::move(plan));
}

}  // namespace harness
