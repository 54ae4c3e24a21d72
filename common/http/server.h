// Listens, reads requests, performs what the handler answers. One thread, one loop, no locks.
//
// The loop is Asio's, so that the program's own asynchronous parts live on it. The engine's sockets
// are one epoll set that hangs in that loop as a single descriptor: a request costs one read and
// one write, and no registration, handler or allocation.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/http/handler.h"
#include "common/http/limits.h"

namespace boost::asio {
class io_context;
}

namespace http {

class Server {
 public:
  // `handler`, `clock` and `log` outlive the server.
  Server(Handler& handler, Limits limits, const base::Clock& clock, const base::Log& log);
  ~Server();

  // Binds and listens; port 0 picks a free one. kUnavailable: the port is in use;
  // kPermissionDenied.
  base::Result<void> listen(const std::string& host, std::uint16_t port);
  [[nodiscard]] std::uint16_t port() const;

  // Serves until drain() has ended everything or stop() is called.
  void run();
  // Ends the accepting of connections, closes idle ones, lets open answers end for at most
  // Limits::drain_timeout. On the loop thread, or from a signal callback of the loop.
  void drain();
  void stop();

  // For the program's own asynchronous parts (signals, an upstream client), on the same loop.
  boost::asio::io_context& loop();
  [[nodiscard]] const Stats& stats() const;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace http
