// One connection to a server that speaks lines, under one deadline and one limit of bytes. Private
// to the room.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/file.h"
#include "harness/ready/probe.h"

struct addrinfo;

namespace harness {

class LineConnection {
 public:
  using Clock = std::chrono::steady_clock;

  // Tries each address of the host in turn.
  LineConnection(const std::string& host, int port, Clock::time_point deadline);

  // Set where there was no connection, or none is left.
  [[nodiscard]] const std::optional<ProbeResult>& failure() const { return failure_; }

  // Both false and nullopt with failure() set.
  bool send(std::string_view bytes);
  std::optional<std::string> read_line();  // without its CRLF

 private:
  bool connect_to(const addrinfo& address);
  bool wait_for(int fd, short events);
  bool receive();
  void fail(std::string_view reason, Readiness readiness = Readiness::kNotYet);

  Clock::time_point deadline_;
  base::UniqueFd socket_;
  std::string unread_;
  std::size_t bytes_read_ = 0;
  std::optional<ProbeResult> failure_;
};

}  // namespace harness
