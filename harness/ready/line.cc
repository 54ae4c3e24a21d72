#include "harness/ready/line.h"

#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 * 1024;
constexpr std::size_t kReasonBytesMax = 200;

struct FreeAddresses {
  void operator()(addrinfo* addresses) const { ::freeaddrinfo(addresses); }
};

}  // namespace

LineConnection::LineConnection(const std::string& host, int port, Clock::time_point deadline)
    : deadline_(deadline) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  addrinfo* found = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  const std::unique_ptr<addrinfo, FreeAddresses> addresses(found);
  if (code != 0) {
    // A Service that is not there yet has no name either.
    fail("cannot resolve " + host + ": " + ::gai_strerror(code));
    return;
  }
  for (const addrinfo* address = addresses.get(); address != nullptr; address = address->ai_next) {
    if (connect_to(*address)) {
      failure_.reset();
      return;
    }
  }
}

void LineConnection::fail(std::string_view reason, Readiness readiness) {
  failure_ = ProbeResult{readiness, base::shortened(base::printable(reason), kReasonBytesMax)};
}

bool LineConnection::connect_to(const addrinfo& address) {
  socket_ = base::UniqueFd(
      ::socket(address.ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, address.ai_protocol));
  if (!socket_.valid()) {
    fail(base::system_error("cannot make a socket", errno).message);
    return false;
  }
  if (::connect(socket_.get(), address.ai_addr, address.ai_addrlen) == 0) {
    return true;
  }
  if (errno != EINPROGRESS) {
    fail(base::system_error("cannot connect", errno).message);
    return false;
  }
  if (!wait_for(socket_.get(), POLLOUT)) {
    fail("no connection in time");
    return false;
  }
  int error = 0;
  socklen_t size = sizeof error;
  ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
  if (error != 0) {
    fail(base::system_error("cannot connect", error).message);
  }
  return error == 0;
}

bool LineConnection::wait_for(int fd, short events) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - Clock::now()).count();
  pollfd polled{fd, events, 0};
  return left > 0 && ::poll(&polled, 1, static_cast<int>(left)) > 0;
}

bool LineConnection::send(std::string_view bytes) {
  while (!failure_ && !bytes.empty()) {
    if (!wait_for(socket_.get(), POLLOUT)) {
      fail("no answer in time");
      return false;
    }
    const ssize_t sent =
        ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      fail(base::system_error("the connection broke", errno).message);
    }
    bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
  }
  return !failure_;
}

bool LineConnection::receive() {
  if (!wait_for(socket_.get(), POLLIN)) {
    fail("no answer in time");
    return false;
  }
  std::array<char, 4096> block{};
  const ssize_t got = ::recv(socket_.get(), block.data(), block.size(), MSG_DONTWAIT);
  if (got == 0) {
    fail("the connection was closed");
  } else if (got < 0 && errno != EAGAIN && errno != EINTR) {
    fail(base::system_error("the connection broke", errno).message);
  }
  unread_.append(block.data(), static_cast<std::size_t>(std::max<ssize_t>(got, 0)));
  bytes_read_ += static_cast<std::size_t>(std::max<ssize_t>(got, 0));
  if (bytes_read_ > kAnswerBytesMax) {
    fail("an endless answer", Readiness::kNever);
  }
  return !failure_;
}

std::optional<std::string> LineConnection::read_line() {
  std::size_t end = 0;
  while ((end = unread_.find('\n')) == std::string::npos) {
    if (failure_ || !receive()) {
      return std::nullopt;
    }
  }
  std::string line = unread_.substr(0, end);
  unread_.erase(0, end + 1);
  if (line.ends_with('\r')) {
    line.pop_back();
  }
  return line;
}

}  // namespace harness
