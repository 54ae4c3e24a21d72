#include "harness/handover/handover.h"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include <utility>

#include "common/base/file.h"
#include "harness/handover/ack.h"
#include "harness/handover/frames.h"
#include "harness/handover/termination.h"

namespace harness {
namespace {

constexpr std::chrono::milliseconds kAckPause{20};

// The kubelet mounts the file: it is there already, and cannot be replaced.
void write_in_place(const std::string& path, std::string_view text) {
  const base::UniqueFd file(::open(path.c_str(), O_WRONLY | O_TRUNC | O_CLOEXEC));
  if (file.valid()) {
    (void)base::write_all(file.get(), text);
  }
}

// True where a signal came.
bool pause_unless_stopped(int stop_fd) {
  pollfd stop{stop_fd, POLLIN, 0};
  return ::poll(&stop, stop_fd < 0 ? 0 : 1, static_cast<int>(kAckPause.count())) > 0;
}

// Bytes that were written to a pipe and not read yet; 0 for what is no pipe.
int unread_bytes(int out) {
  struct stat status {};

  int bytes = 0;
  const bool is_pipe = ::fstat(out, &status) == 0 && S_ISFIFO(status.st_mode);
  return is_pipe && ::ioctl(out, FIONREAD, &bytes) == 0 ? bytes : 0;
}

}  // namespace

base::Result<std::optional<Handover>> Handover::from_environment(
    const base::Environment& environment, const base::Clock& clock, int out,
    std::string report_directory, std::string termination_file) {
  const std::optional<std::string> nonce = environment.get(kNonceVariable);
  if (!nonce) {
    return std::optional<Handover>();
  }
  if (!is_nonce(*nonce)) {
    return base::invalid_input(std::string(kNonceVariable) +
                               " is not 16 to 64 letters and digits: it is for `harness launch` "
                               "to set; unset it to run without a launcher");
  }
  return std::optional(
      Handover(clock, *nonce, out, std::move(report_directory), std::move(termination_file)));
}

void Handover::tell(std::uint64_t seq, std::string_view record) {
  last_ = seq;
  if (record.size() <= kFramedRecordBytesMax) {
    (void)base::write_all(out_, frames_of(nonce_, seq, record));
  }
}

void Handover::finish(std::string_view verdict_json, int stop_fd) {
  write_in_place(termination_file_, termination_message(verdict_json));
  const auto wait_for = [&](const auto& done, std::chrono::milliseconds limit) {
    const base::MonoTime deadline = clock_->mono() + limit;
    while (!done() && clock_->mono() < deadline) {
      if (pause_unless_stopped(stop_fd)) {
        return false;
      }
    }
    return true;
  };
  const auto is_acknowledged = [&] { return read_ack(report_directory_).value_or(0) >= last_; };
  if (wait_for(is_acknowledged, kAckTimeout)) {
    (void)wait_for([&] { return unread_bytes(out_) == 0; }, kReadTimeout);
  }
}

}  // namespace harness
