// A private PostgreSQL: a cluster of its own in a temporary folder, on a port of its own, with a
// random password; safe against nothing but a wrong test, since it lives for one run.
#include <libpq-fe.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "common/base/file.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "harness/service/local_server.h"
#include "harness/service/program.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

constexpr const char* kUser = "app";
constexpr const char* kFirstDatabase = "postgres";  // made by initdb
constexpr std::size_t kPasswordBytes = 16;
constexpr milliseconds kCheckTimeout{1'000};
constexpr std::size_t kSocketFolderBytesMax = 80;  // of the 107 that a socket's path may have

class Postgres final : public LocalServer {
 public:
  explicit Postgres(LocalPlan plan) : LocalServer(std::move(plan)) {}

  // The child goes before its folder.
  ~Postgres() override { stop(); }

  [[nodiscard]] std::string url() const override { return url_of(service().local->database); }

 protected:
  ProbeResult prepare() override;
  base::Result<ProcessSpec> command(int port) override;
  ProbeResult check() override;

  // Immediate shutdown: TERM would wait until the last client goes, and nobody reads this data
  // again.
  [[nodiscard]] int stop_signal() const override { return SIGQUIT; }

 private:
  base::Result<void> begin_initdb();
  base::Result<void> find_programs();
  base::Result<std::string> write_password() const;
  base::Result<void> make_database() const;
  [[nodiscard]] std::string url_of(const std::string& database) const;

  [[nodiscard]] std::string data() const { return (folder_->path() / "data").string(); }

  std::string initdb_;
  std::string server_;
  std::optional<std::pair<uid_t, gid_t>> user_;
  std::optional<base::TemporaryDirectory> folder_;
  std::optional<Process> initializing_;
  std::string password_ = base::random_token(kPasswordBytes);
  int port_ = 0;
  bool has_database_ = false;
};

std::string Postgres::url_of(const std::string& database) const {
  return "postgresql://" + std::string(kUser) + ":" + password_ +
         "@127.0.0.1:" + std::to_string(port_) + "/" + database;
}

base::Result<void> Postgres::find_programs() {
  const std::vector<std::string> folders = postgres_folders();
  base::Result<std::string> server =
      need_program("postgres", plan().environment, folders, "postgresql");
  if (!server) {
    return server.error();
  }
  // The two must be of one version: PATH may hold another one's initdb.
  base::Result<std::string> initdb = need_program(server->substr(0, server->rfind('/')) + "/initdb",
                                                  plan().environment, {}, "postgresql");
  if (!initdb) {
    return initdb.error();
  }
  base::Result<std::optional<std::pair<uid_t, gid_t>>> user = unprivileged_user();
  if (!user) {
    return user.error();
  }
  server_ = *std::move(server);
  initdb_ = *std::move(initdb);
  user_ = *user;
  return {};
}

// By file: arguments can be read by every user of the machine.
base::Result<std::string> Postgres::write_password() const {
  std::string path = (folder_->path() / "password").string();
  if (base::Result<void> written = base::write_file(path, password_ + "\n"); !written) {
    return written.error();
  }
  if (user_ && (::chown(path.c_str(), user_->first, user_->second) != 0 ||
                ::chown(folder_->path().c_str(), user_->first, user_->second) != 0)) {
    return base::system_error("cannot hand " + folder_->path().string() + " to PostgreSQL's user",
                              errno);
  }
  if (::chmod(path.c_str(), 0600) != 0) {
    return base::system_error("cannot protect " + path, errno);
  }
  return path;
}

base::Result<void> Postgres::begin_initdb() {
  if (base::Result<void> found = find_programs(); !found) {
    return found;
  }
  base::Result<base::TemporaryDirectory> folder =
      base::TemporaryDirectory::make("drydock-postgres-");
  if (!folder) {
    return folder.error();
  }
  folder_ = *std::move(folder);
  const base::Result<std::string> password = write_password();
  if (!password) {
    return password.error();
  }
  ProcessSpec spec;
  spec.argv = {initdb_,
               "--pgdata=" + data(),
               "--username=" + std::string(kUser),
               "--pwfile=" + *password,
               "--auth=scram-sha-256",
               "--encoding=UTF8",
               "--locale=C.UTF-8",
               "--no-sync",
               "--no-instructions"};
  spec.environment = plain_environment();
  spec.directory = folder_->path().string();
  spec.user = user_;
  base::Result<Process> child = spawn(std::move(spec));
  if (!child) {
    return child.error();
  }
  initializing_ = *std::move(child);
  return {};
}

ProbeResult Postgres::prepare() {
  if (!initializing_) {
    const base::Result<void> begun = begin_initdb();
    return begun ? ProbeResult{Readiness::kNotYet, "initdb"}
                 : ProbeResult{Readiness::kNever, begun.error().message};
  }
  const std::optional<ExitStatus> status = initializing_->poll();
  if (!status) {
    return {Readiness::kNotYet, "initdb"};
  }
  if (!status->clean()) {
    return {Readiness::kNever, "initdb ended with " + to_string(*status)};
  }
  return {Readiness::kReady, ""};
}

base::Result<ProcessSpec> Postgres::command(int port) {
  port_ = port;
  const std::string folder = folder_->path().string();
  ProcessSpec spec;
  spec.argv = {server_, "-D", data(), "-p", std::to_string(port)};
  for (const std::string& setting :
       {std::string("listen_addresses=127.0.0.1"),
        "unix_socket_directories=" +
            (folder.size() <= kSocketFolderBytesMax ? folder : std::string()),
        std::string("fsync=off"), std::string("synchronous_commit=off"),
        std::string("full_page_writes=off"), std::string("autovacuum=off"),
        std::string("log_line_prefix=%m [%p] "), std::string("dynamic_shared_memory_type=mmap")}) {
    spec.argv.insert(spec.argv.end(), {"-c", setting});
  }
  spec.environment = plain_environment();
  spec.directory = folder;
  spec.user = user_;
  return spec;
}

base::Result<void> Postgres::make_database() const {
  const std::unique_ptr<PGconn, decltype(&PQfinish)> connection(
      PQconnectdb(url_of(kFirstDatabase).c_str()), &PQfinish);
  // Its name is checked by the configuration: letters, digits, '_' and '-'.
  const std::string sql = "CREATE DATABASE \"" + service().local->database + "\"";
  const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(connection.get(), sql.c_str()),
                                                             &PQclear);
  if (PQresultStatus(result.get()) != PGRES_COMMAND_OK) {
    return base::internal_error("cannot create database " + service().local->database + ": " +
                                base::printable(PQerrorMessage(connection.get())));
  }
  return {};
}

ProbeResult Postgres::check() {
  if (has_database_ || service().local->database == kFirstDatabase) {
    return probe_postgres(url(), ServerRole::kAny, 0, kCheckTimeout);
  }
  ProbeResult result = probe_postgres(url_of(kFirstDatabase), ServerRole::kAny, 0, kCheckTimeout);
  if (result.readiness == Readiness::kReady) {
    if (const base::Result<void> made = make_database(); !made) {
      return {Readiness::kNever, made.error().message};
    }
    has_database_ = true;
    return probe_postgres(url(), ServerRole::kAny, 0, kCheckTimeout);
  }
  return result;
}

}  // namespace

std::unique_ptr<LocalServer> make_postgres(LocalPlan plan) {
  return std::make_unique<Postgres>(std::move(plan));
}

}  // namespace harness
