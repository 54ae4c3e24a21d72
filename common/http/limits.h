// Every buffer, count and time of the engine, and what it counts. Each limit has a flag of its own
// in the program that serves, and its name is what Handler::refuse is told when it is hit.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace http {

struct Limits {
  std::size_t connections_max = 20'000;           // 503 above
  std::size_t target_bytes_max = 8 * 1024;        // 414 above
  std::size_t header_bytes_max = 64 * 1024;       // 431 above; the whole head, and trailers
  std::size_t headers_max = 200;                  // 431 above; trailers count too
  std::size_t body_bytes_max = 32 * 1024 * 1024;  // 413 above; after chunked coding is removed
  std::size_t chunk_overhead_bytes_max =
      100 * 1024;                     // 400 above; framing bytes of one chunked body
  std::size_t pipelined_max = 1'024;  // requests answered without a pause for others
  std::size_t write_buffer_bytes_max =
      4 * 1024 * 1024;                               // a stream is not asked for more above this
  std::size_t body_bytes_per_second_min = 1'024;     // 408 below, after body_rate_grace
  std::chrono::milliseconds head_timeout{10'000};    // 408: from first byte to end of head
  std::chrono::milliseconds body_timeout{60'000};    // 408: from end of head to end of body
  std::chrono::milliseconds body_rate_grace{5'000};  // the least body rate is not asked for before
  std::chrono::milliseconds idle_timeout{60'000};    // between requests, and before the first
  std::chrono::milliseconds write_timeout{30'000};  // no byte accepted by the peer for so long: cut
  std::chrono::milliseconds linger_timeout{
      2'000};  // reading on after a refusal, so that it arrives
  std::chrono::milliseconds drain_timeout{10'000};  // open answers at shutdown
  std::chrono::milliseconds accept_pause{100};      // no descriptors left: no accept for so long
  std::chrono::milliseconds tick{1};                // the tick wheel's resolution
};

// Counted since start. Plain numbers, read on the loop thread (by the handler that serves
// /metrics).
struct Stats {
  std::uint64_t connections_open = 0;
  std::uint64_t connections_total = 0;
  std::uint64_t connections_refused_total = 0;  // connections_max, or no descriptors left
  std::uint64_t requests_total = 0;
  std::uint64_t streams_open = 0;
  std::uint64_t bytes_read = 0;
  std::uint64_t bytes_written = 0;
  std::uint64_t refused_total = 0;   // answered by Handler::refuse
  std::uint64_t cut_slow_total = 0;  // timeouts of any kind: the sum of the five below
  std::uint64_t head_timeouts_total = 0;
  std::uint64_t body_timeouts_total = 0;
  std::uint64_t body_rate_cuts_total = 0;
  std::uint64_t write_timeouts_total = 0;
  std::uint64_t drain_timeouts_total = 0;
  std::uint64_t idle_closed_total = 0;  // kept open for nothing: not slow, not in the sum
  std::uint64_t client_gone_total = 0;  // hung up before the answer was out
  std::uint64_t headers_dropped_total = 0;
};

}  // namespace http
