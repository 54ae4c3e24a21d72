// The ceiling: a server that ignores the request and writes constant bytes, with one epoll set and
// nothing else. No other server on this machine can be faster with the same system calls.
//
//   ceiling_server [PORT]
//
// It knows a request only by its end: an empty line, and the body that Content-Length announces.
// The first byte of the path chooses: /v... a short reply, /burst 64 frames in one write, /paced a
// frame each 20 ms.
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iostream>
#include <string>
#include <string_view>
#include <vector>

#include "tests/bench/payload.h"

namespace {

constexpr std::size_t kHeadBytesMax = 4'096;
constexpr std::string_view kLengthName = "Content-Length: ";
constexpr int kTickMs = 1;
constexpr std::size_t kTicksPerGap = static_cast<std::size_t>(bench::kGap.count()) / kTickMs;

enum class Kind { kReply, kBurst, kPaced };

struct Connection {
  std::string head;           // as far as it has come
  std::size_t body_left = 0;  // bytes that are still to come
  Kind kind = Kind::kReply;
  int frames_left = 0;  // of a paced stream
};

std::string hex(std::size_t number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  return {digits.data(), end};
}

std::string chunk(std::string_view bytes) {
  return hex(bytes.size()) + "\r\n" + std::string(bytes) + "\r\n";
}

// What is written, made once.
struct Constants {
  Constants() {
    const std::string stream_head =
        "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 10:00:00 GMT\r\ncontent-type: "
        "text/event-stream\r\n"
        "Transfer-Encoding: chunked\r\n\r\n";
    reply =
        "HTTP/1.1 200 OK\r\nDate: Sun, 22 Nov 2026 10:00:00 GMT\r\ncontent-type: "
        "application/json\r\n"
        "Content-Length: " +
        std::to_string(bench::kReply.size()) + "\r\n\r\n" + std::string(bench::kReply);
    frame = chunk(bench::kFrame);
    last = chunk(bench::kDone) + "0\r\n\r\n";
    first = stream_head + frame;
    burst = stream_head;
    for (int count = 0; count < bench::kStreamFrames; ++count) {
      burst += frame;
    }
    burst += last;
  }

  std::string reply;
  std::string burst;
  std::string first;
  std::string frame;
  std::string last;
};

class Ceiling {
 public:
  bool listen(std::uint16_t port) {
    listener_ = ::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
    const int on = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    if (::bind(listener_, reinterpret_cast<sockaddr*>(&address), size) != 0 ||
        ::listen(listener_, 4096) != 0 ||
        ::getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size) != 0) {
      return false;
    }
    std::cout << "listening on http://127.0.0.1:" << ntohs(address.sin_port) << std::endl;
    timer_ = ::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK);
    const itimerspec every = {{0, kTickMs * 1'000'000}, {0, kTickMs * 1'000'000}};
    ::timerfd_settime(timer_, 0, &every, nullptr);
    watch(listener_, EPOLLIN);
    watch(timer_, EPOLLIN);
    return true;
  }

  void run() {
    std::array<epoll_event, 256> events;
    for (;;) {
      const int count = ::epoll_wait(epoll_, events.data(), static_cast<int>(events.size()), -1);
      for (int index = 0; index < count; ++index) {
        const int fd = events[static_cast<std::size_t>(index)].data.fd;
        if (fd == listener_) {
          accept();
        } else if (fd == timer_) {
          tick();
        } else {
          serve(fd);
        }
      }
    }
  }

 private:
  void watch(int fd, std::uint32_t what) const {
    epoll_event event{};
    event.events = what;
    event.data.fd = fd;
    ::epoll_ctl(epoll_, EPOLL_CTL_ADD, fd, &event);
  }

  void accept() {
    for (;;) {
      const int fd = ::accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK);
      if (fd < 0) {
        return;
      }
      const int on = 1;
      ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      if (connections_.size() <= static_cast<std::size_t>(fd)) {
        connections_.resize(static_cast<std::size_t>(fd) + 1);
      }
      connections_[static_cast<std::size_t>(fd)] = {};
      watch(fd, EPOLLIN);
    }
  }

  void serve(int fd) {
    const ssize_t count = ::recv(fd, buffer_.data(), buffer_.size(), 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) {
      connections_[static_cast<std::size_t>(fd)] = {};
      ::close(fd);
      return;
    }
    if (count > 0) {
      take(fd, {buffer_.data(), static_cast<std::size_t>(count)});
    }
  }

  // One request at a time: the bench's client does not pipeline.
  void take(int fd, std::string_view bytes) {
    Connection& connection = connections_[static_cast<std::size_t>(fd)];
    if (connection.body_left > 0) {
      connection.body_left -= std::min(connection.body_left, bytes.size());
      if (connection.body_left == 0) {
        answer(fd, connection);
      }
      return;
    }
    const std::size_t before = connection.head.size();
    connection.head.append(bytes.substr(0, kHeadBytesMax));
    const std::size_t end = connection.head.find("\r\n\r\n");
    if (end == std::string::npos) {
      return;
    }
    std::size_t length = 0;
    if (const std::size_t at = connection.head.find(kLengthName); at < end) {
      std::from_chars(connection.head.data() + at + kLengthName.size(),
                      connection.head.data() + end, length);
    }
    const std::size_t have = before + bytes.size() - (end + 4);
    connection.body_left = length - std::min(length, have);
    const std::string_view path =
        std::string_view(connection.head).substr(connection.head.find('/'));
    connection.kind = path.starts_with(bench::kBurstPath)   ? Kind::kBurst
                      : path.starts_with(bench::kPacedPath) ? Kind::kPaced
                                                            : Kind::kReply;
    connection.head.clear();
    if (connection.body_left == 0) {
      answer(fd, connection);
    }
  }

  void answer(int fd, Connection& connection) {
    switch (connection.kind) {
      case Kind::kReply:
        return send(fd, constants_.reply);
      case Kind::kBurst:
        return send(fd, constants_.burst);
      case Kind::kPaced:
        connection.frames_left = bench::kStreamFrames - 1;
        send(fd, constants_.first);
        return paced_[(now_ + kTicksPerGap) % paced_.size()].push_back(fd);
    }
  }

  void tick() {
    std::uint64_t passed = 0;
    if (::read(timer_, &passed, sizeof passed) != sizeof passed) {
      return;
    }
    for (; passed > 0; --passed) {
      ++now_;
      std::vector<int> due;
      due.swap(paced_[now_ % paced_.size()]);
      for (const int fd : due) {
        Connection& connection = connections_[static_cast<std::size_t>(fd)];
        if (connection.frames_left == 0) {
          send(fd, constants_.last);
          continue;
        }
        --connection.frames_left;
        send(fd, constants_.frame);
        paced_[(now_ + kTicksPerGap) % paced_.size()].push_back(fd);
      }
    }
  }

  static void send(int fd, std::string_view bytes) {
    ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL);
  }

  int epoll_ = ::epoll_create1(0);
  int listener_ = -1;
  int timer_ = -1;
  Constants constants_;
  std::vector<Connection> connections_;
  std::array<char, 256 * 1024> buffer_;
  std::size_t now_ = 0;
  std::array<std::vector<int>, 64> paced_;
};

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  if (argc > 1) {
    const std::string_view text = argv[1];
    std::from_chars(text.data(), text.data() + text.size(), port);
  }
  static Ceiling ceiling;
  if (!ceiling.listen(port)) {
    std::cerr << "cannot listen\n";
    return 3;
  }
  ceiling.run();
  return 0;
}
