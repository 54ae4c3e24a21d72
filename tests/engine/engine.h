// A server with an EchoHandler on a thread of its own.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <thread>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/http/server.h"
#include "tests/engine/echo.h"
#include "tests/engine/raw_client.h"

namespace engine {

class Engine {
 public:
  // `log_fd` receives the engine's log lines; none where -1.
  explicit Engine(const http::Limits& limits = {}, int log_fd = -1);
  ~Engine();

  [[nodiscard]] RawClient connect(int receive_buffer_bytes = 0) const {
    return RawClient(server_.port(), receive_buffer_bytes);
  }

  // Runs `call` on the loop thread and waits for it.
  void on_loop(const std::function<void()>& call);
  http::Stats stats();
  // As stats(), once `reached` is true of them.
  http::Stats stats_when(const std::function<bool(const http::Stats&)>& reached);
  void drain();
  // Waits for run() to return.
  void join();

  EchoHandler& handler() { return handler_; }

  http::Server& server() { return server_; }

 private:
  base::SystemClock clock_;
  base::Log log_;
  EchoHandler handler_;
  http::Server server_;
  std::thread thread_;
};

// "GET TARGET HTTP/1.1" with a Host.
std::string get(const std::string& target);
// The same with a body and its length.
std::string post(const std::string& target, const std::string& body);

}  // namespace engine
