// Repeats a probe until its service is ready, will never be, or the time is over. Keeps what it
// saw.
#pragma once

#include <chrono>
#include <cstddef>
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

WaitLimits limits_of(const ServiceConfig& service);

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

// One service's way to readiness, fed with each answer of its probe. Has no clock and no thread.
class Approach {
 public:
  Approach(const WaitLimits& limits, base::MonoTime start)
      : limits_(limits),
        start_(start),
        next_pause_(limits.first_pause) {}

  // Takes the answer that was asked for at `asked` and is there at `now`; true where it is another
  // one than before.
  bool hear(base::MonoTime asked, base::MonoTime now, const ProbeResult& result);

  // Nothing more is to be asked: ready for long enough, never, or no time left.
  [[nodiscard]] bool over() const { return over_; }

  // How long to leave the service alone now; longer each time, never beyond the deadline.
  std::chrono::milliseconds pause();

  [[nodiscard]] const WaitReport& report() const { return report_; }

 private:
  WaitLimits limits_;
  base::MonoTime start_;
  std::chrono::milliseconds next_pause_;
  bool ready_ = false;
  base::MonoTime ready_since_{};
  bool over_ = false;
  WaitReport report_;
};

// Probes at least once.
WaitReport wait_until_ready(const std::function<ProbeResult()>& probe, const WaitLimits& limits,
                            const base::Clock& clock, const Pause& pause,
                            const std::function<void(const WaitReport&)>& changed = {});

struct WaitTarget {
  ServiceConfig service;
  std::string url;  // empty for a kind without one
  WaitLimits limits;
};

// One target at a moment.
struct WaitState {
  std::vector<std::string> held_by;  // what it needs and is not ready: not asked before
  bool over = false;
  std::chrono::milliseconds begun_at{0};  // since the start of all
  WaitReport report;                      // so far; `readiness` counts where it is over
};

// Without a change, `changed` is called as often as this, so that a log shows that we live.
inline constexpr std::chrono::milliseconds kHeartbeat{15'000};

// All at once, a thread each, but none before those of the targets that it needs are ready: its own
// time begins then. Where one of them ends otherwise, it is over too, not ready. `changed` is
// called in the caller's thread. The answer is in the order of the targets.
std::vector<WaitState> wait_for_all(
    const std::vector<WaitTarget>& targets, const Surroundings& surroundings, const Pause& pause,
    const std::function<void(const std::vector<WaitState>&)>& changed = {});

}  // namespace harness
