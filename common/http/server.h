// Listens, reads requests, performs what the handler answers. One thread, one loop, no locks.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/log.h"
#include "common/http/handler.h"

namespace boost::asio {
class io_context;
}

namespace http {

// Every buffer, count and time of the engine. Each has a flag of its own in the program that serves.
struct Limits {
  std::size_t connections_max = 20'000;
  std::size_t target_bytes_max = 8 * 1024;             // 414 above
  std::size_t header_bytes_max = 64 * 1024;            // 431 above; the whole head, and trailers
  std::size_t headers_max = 200;                       // 431 above
  std::size_t body_bytes_max = 32 * 1024 * 1024;       // 413 above; after chunked coding is removed
  std::size_t chunk_overhead_bytes_max = 100 * 1024;   // 400 above; framing bytes of one chunked body
  std::size_t pipelined_max = 1'024;                   // requests answered without a pause for other connections
  std::size_t write_buffer_bytes_max = 4 * 1024 * 1024;  // a stream is not asked for more above this
  std::chrono::milliseconds head_timeout{10'000};      // 408: from first byte to end of head
  std::chrono::milliseconds body_timeout{60'000};      // 408: from end of head to end of body
  std::size_t body_bytes_per_second_min = 1'024;       // 408 below, after a grace of 5 s
  std::chrono::milliseconds idle_timeout{60'000};      // between requests
  std::chrono::milliseconds write_timeout{30'000};     // no byte accepted by the peer for so long: cut
  std::chrono::milliseconds drain_timeout{10'000};     // open answers at shutdown
  std::chrono::milliseconds tick{1};                   // the tick wheel's resolution
};

// Counted since start. Plain numbers, read on the loop thread (by the handler that serves /metrics).
struct Stats {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_total = 0;
  std::uint64_t requests_total = 0;
  std::uint64_t streams_open = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t refused_total = 0;   // answered by Handler::refuse
  std::uint64_t cut_slow_total = 0;  // timeouts of any kind
  std::uint64_t headers_dropped_total = 0;
};

class Server {
 public:
  // `handler`, `clock` and `log` outlive the server.
  Server(Handler& handler, Limits limits, const base::Clock& clock, const base::Log& log);
  ~Server();

  // Binds and listens; port 0 picks a free one. kUnavailable: the port is in use; kPermissionDenied.
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
