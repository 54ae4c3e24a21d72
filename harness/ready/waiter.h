// Repeats a probe until its service is ready, will never be, or the time is over. Keeps what it
// saw.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "harness/ready/probe.h"

namespace harness {

// Waits that long; false ends the waiting early (a signal, a child that died).
using Pause = std::function<bool(std::chrono::milliseconds)>;
Pause real_pause();

struct WaitLimits {
  std::chrono::milliseconds timeout{60'000};
  std::chrono::milliseconds stable_for{0};    // ready that long without a break
  std::chrono::milliseconds first_pause{20};  // doubled after each probe
  std::chrono::milliseconds longest_pause{1'000};
};

// Equal answers in a row are one observation.
struct Observation {
  std::chrono::milliseconds at{0};  // of the first, since the start of the waiting
  ProbeResult result;
  int times = 1;
};

// More changes of mind than this are not kept; the last one always is.
inline constexpr std::size_t kObservationsMax = 64;

struct WaitReport {
  Readiness readiness = Readiness::kNotYet;  // kNotYet: the time is over, or the pause ended it
  std::string reason;                        // the last one
  std::chrono::milliseconds waited{0};
  std::vector<Observation> history;
};

// Probes at least once. `seen` is called for each new observation, in the caller's thread.
WaitReport wait_until_ready(const std::function<ProbeResult()>& probe, const WaitLimits& limits,
                            const base::Clock& clock, const Pause& pause,
                            const std::function<void(const Observation&)>& seen = {});

struct WaitTarget {
  std::string name;
  ServiceKind kind = ServiceKind::kHttp;
  std::string url;
  std::string ready_path;
  WaitLimits limits;
};

// All at once, a thread each; the reports are in the order of the targets. `seen` is called by one
// thread at a time.
std::vector<WaitReport> wait_for_all(
    const std::vector<WaitTarget>& targets, const base::Clock& clock, const Pause& pause,
    const std::function<void(const WaitTarget&, const Observation&)>& seen = {});

}  // namespace harness
