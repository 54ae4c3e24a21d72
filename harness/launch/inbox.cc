#include "harness/launch/inbox.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <memory>
#include <utility>

namespace harness {

base::Result<std::unique_ptr<Inbox>> Inbox::make() {
  base::UniqueFd ready(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
  if (!ready.valid()) {
    return base::system_error("cannot make an eventfd", errno);
  }
  return std::unique_ptr<Inbox>(new Inbox(std::move(ready)));
}

void Inbox::put(LaunchMessage message) {
  const std::lock_guard lock(mutex_);
  messages_.push_back(std::move(message));
  const std::uint64_t one = 1;
  // Full only when nobody has looked 2^64 times: then it is readable anyway.
  [[maybe_unused]] const ssize_t written = ::write(ready_.get(), &one, sizeof one);
}

std::optional<LaunchMessage> Inbox::take() {
  const std::lock_guard lock(mutex_);
  if (messages_.empty()) {
    return std::nullopt;
  }
  LaunchMessage message = std::move(messages_.front());
  messages_.pop_front();
  return message;
}

bool Inbox::wait(int stop_fd, std::chrono::milliseconds longest) {
  std::array<pollfd, 2> watched{{{ready_.get(), POLLIN, 0}, {stop_fd, POLLIN, 0}}};
  const nfds_t count = stop_fd < 0 ? 1 : 2;
  if (::poll(watched.data(), count, static_cast<int>(longest.count())) <= 0) {
    return false;
  }
  std::uint64_t counted = 0;
  [[maybe_unused]] const ssize_t read = ::read(ready_.get(), &counted, sizeof counted);
  return count == 2 && watched[1].revents != 0;
}

}  // namespace harness
