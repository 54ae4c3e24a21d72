// Counts for /metrics. Labels are bounded: no name of a session, model or fixture is one. On the
// path of a call only counters that were looked up at start are touched.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "common/base/clock.h"
#include "common/http/limits.h"
#include "mockllm/conversation/reply.h"
#include "mockllm/journal/journal.h"

namespace mockllm {

// What is read when somebody asks, not counted on the way.
struct MetricsSnapshot {
  http::Stats engine;
  std::size_t sessions = 0;
  std::size_t fixtures = 0;
  std::uint64_t journal_dropped = 0;
  std::uint64_t reload_errors = 0;
  bool reload_failed = false;  // the last reload: the set before it is still served
};

class Metrics {
 public:
  Metrics();
  ~Metrics();

  void count_call(Outcome outcome);
  void count_tokens(const Usage& usage);
  void observe_first_byte(base::Nanoseconds duration);

  // The Prometheus text format, version 0.0.4.
  [[nodiscard]] std::string text(const MetricsSnapshot& snapshot);

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace mockllm
