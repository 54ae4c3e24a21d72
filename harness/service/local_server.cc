#include "harness/service/local_server.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <filesystem>
#include <utility>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/service/program.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

constexpr int kStartsMax = 4;  // of one service, where its port was taken each time
constexpr milliseconds kStopGrace{5'000};
constexpr milliseconds kStopSignalTime{3'000};  // for a signal of its own, before the usual TERM

// What servers say when their port is taken, in the languages that plain_environment() and Python
// speak.
bool lost_its_port(std::string_view log) {
  return log.find("ddress already in use") != std::string_view::npos ||
         log.find("EADDRINUSE") != std::string_view::npos;
}

}  // namespace

int LocalServer::stop_signal() const {
  return SIGTERM;
}

ProbeResult LocalServer::advance() {
  if (!has_log_) {
    if (const base::Result<void> opened = open_log(); !opened) {
      return {Readiness::kNever, opened.error().message};
    }
    has_log_ = true;
  }
  if (!prepared_) {
    ProbeResult result = prepare();
    if (result.readiness != Readiness::kReady) {
      return result;
    }
    prepared_ = true;
  }
  return child_ ? watch() : start();
}

ProbeResult LocalServer::start() {
  const base::Result<int> port = free_port();
  if (!port) {
    return {Readiness::kNever, port.error().message};
  }
  base::Result<ProcessSpec> spec = command(*port);
  if (!spec) {
    return {Readiness::kNever, spec.error().message};
  }
  base::Result<Process> child = spawn(*std::move(spec));
  if (!child) {
    return {Readiness::kNever, child.error().message};
  }
  child_ = *std::move(child);
  ++starts_;
  return {Readiness::kNotYet, "started"};
}

ProbeResult LocalServer::watch() {
  const std::optional<ExitStatus> status = child_->poll();
  if (!status) {
    return check();
  }
  if (lost_its_port(log_tail()) && starts_ < kStartsMax) {
    child_.reset();
    return {Readiness::kNotYet, "its port was taken, trying another one"};
  }
  end_ = status;
  return {Readiness::kNever, "ended with " + to_string(*status) + " before it was ready"};
}

ExitCode LocalServer::code_of_end() const {
  const bool by_usage = end_ && end_->signal == 0 && end_->code == usage_code();
  return by_usage ? ExitCode::kUsage : ExitCode::kServiceNotReady;
}

std::optional<std::string> LocalServer::ended() {
  if (!child_) {
    return "was stopped";
  }
  const std::optional<ExitStatus> status = child_->poll();
  return status ? std::optional("ended with " + to_string(*status)) : std::nullopt;
}

void LocalServer::stop() {
  if (!child_) {
    return;
  }
  if (stop_signal() != SIGTERM && !child_->poll()) {
    ::kill(child_->pid(), stop_signal());
    child_->wait_until(*plan_.clock, plan_.clock->mono() + kStopSignalTime);
  }
  child_->stop(*plan_.clock, kStopGrace);
  child_.reset();
}

std::string LocalServer::log_tail() const {
  const base::UniqueFd file(::open(plan_.log.c_str(), O_RDONLY | O_CLOEXEC));
  if (!file.valid()) {
    return {};
  }
  const off_t size = ::lseek(file.get(), 0, SEEK_END);
  std::string tail(kLogTailBytesMax, '\0');
  const off_t from = std::max<off_t>(0, size - static_cast<off_t>(tail.size()));
  const ssize_t got = ::pread(file.get(), tail.data(), tail.size(), from);
  tail.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  if (from > 0) {
    tail.erase(0, tail.find('\n') + 1);  // a line that was cut says nothing
  }
  return tail;
}

std::optional<pid_t> LocalServer::pid() const {
  return child_ ? std::optional(child_->pid()) : std::nullopt;
}

// The log of a former run is not this one's.
base::Result<void> LocalServer::open_log() {
  base::Result<void> made = base::make_directories(std::filesystem::path(plan_.log).parent_path());
  if (!made) {
    return made;
  }
  const base::UniqueFd log(
      ::open(plan_.log.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
  return log.valid() ? base::Result<void>()
                     : base::system_error("cannot write " + plan_.log, errno);
}

base::Result<Process> LocalServer::spawn(ProcessSpec spec) const {
  const base::UniqueFd log(::open(plan_.log.c_str(), O_WRONLY | O_APPEND | O_CLOEXEC));
  if (!log.valid()) {
    return base::system_error("cannot write " + plan_.log, errno);
  }
  spec.output = log.get();
  return Process::spawn(spec);
}

std::vector<std::string> LocalServer::plain_environment() const {
  std::vector<std::string> entries{"LC_ALL=C.UTF-8", "TZ=UTC"};
  if (const std::optional<std::string> path = plan_.environment.get("PATH")) {
    entries.push_back("PATH=" + *path);
  }
  return entries;
}

}  // namespace harness
