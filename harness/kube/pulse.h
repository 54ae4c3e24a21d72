// Whether an API server is there at all. A stream that is silent looks the same whether nothing
// happens or nobody answers, and telling them apart by the stream takes as long as its longest
// rest.
#pragma once

#include <chrono>
#include <functional>
#include <thread>

#include "common/base/clock.h"
#include "harness/kube/api.h"

namespace harness {

struct PulseLimits {
  KubeLimits request{.connect_timeout = std::chrono::milliseconds(3'000),
                     .request_timeout = std::chrono::milliseconds(5'000),
                     .body_bytes_max = 64 * 1024};
  std::chrono::milliseconds interval{2'000};  // from an answer to the next question
};

// Called on the pulse's thread, when it changes.
struct PulseSink {
  std::function<void(const KubeError& error)> lost;
  std::function<void()> found;
};

// Asks for /version, which every account may read; an answer of any kind but a server's own failure
// (5xx, as a balancer gives for a server that is away) is a sign of life. Ends with its object;
// `clock` outlives it.
class KubePulse {
 public:
  KubePulse(const KubeAccess& access, const base::Clock& clock, PulseSink sink,
            const PulseLimits& limits = {});

 private:
  std::jthread thread_;
};

}  // namespace harness
