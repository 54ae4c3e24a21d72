// A server of raw bytes on a free port of 127.0.0.1: says its greeting to each connection, answers
// each piece it receives with the next of its answers, then keeps quiet or hangs up. For peers that
// misbehave.
#pragma once

#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/base/file.h"

namespace support {

class RawServer {
 public:
  struct Script {
    std::string greeting = {};
    std::vector<std::string> answers = {};
    bool hang_up = false;  // after the last answer; else the connection stays open
    bool endless = false;  // the last answer is sent again and again
  };

  explicit RawServer(Script script) : script_(std::move(script)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    auto* generic = reinterpret_cast<sockaddr*>(&address);
    CHECK(::bind(listener_.get(), generic, length) == 0 && ::listen(listener_.get(), 8) == 0);
    CHECK(::getsockname(listener_.get(), generic, &length) == 0);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this] { serve(); });
  }

  ~RawServer() {
    stopping_ = true;
    thread_.join();
  }

  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;

  [[nodiscard]] int port() const { return port_; }

  [[nodiscard]] std::string address() const { return "127.0.0.1:" + std::to_string(port_); }

 private:
  static constexpr int kPollMs = 5;

  void serve() {
    while (!stopping_) {
      if (readable(listener_.get())) {
        const base::UniqueFd connection(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC));
        talk(connection.get());
      }
    }
  }

  static bool readable(int fd) {
    pollfd polled{fd, POLLIN, 0};
    return ::poll(&polled, 1, kPollMs) > 0;
  }

  static bool say(int fd, const std::string& bytes) {
    return ::send(fd, bytes.data(), bytes.size(), MSG_NOSIGNAL) ==
           static_cast<ssize_t>(bytes.size());
  }

  void talk(int fd) {
    say(fd, script_.greeting);
    std::array<char, 4096> block{};
    std::size_t next = 0;
    while (!stopping_) {
      if (next == script_.answers.size() && script_.hang_up) {
        return;
      }
      if (next == script_.answers.size() && script_.endless) {
        if (!say(fd, script_.answers.back())) {
          return;
        }
        continue;
      }
      if (readable(fd)) {
        if (::recv(fd, block.data(), block.size(), 0) <= 0) {
          return;
        }
        if (next < script_.answers.size()) {
          say(fd, script_.answers[next++]);
        }
      }
    }
  }

  Script script_;
  base::UniqueFd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::thread thread_;
};

}  // namespace support
