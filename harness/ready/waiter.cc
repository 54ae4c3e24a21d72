#include "harness/ready/waiter.h"

#include <algorithm>
#include <cstddef>
#include <mutex>
#include <thread>
#include <utility>

namespace harness {
namespace {

using std::chrono::milliseconds;

milliseconds since(base::MonoTime start, const base::Clock& clock) {
  return std::chrono::duration_cast<milliseconds>(clock.mono() - start);
}

// Whether this is something new to tell.
bool observe(std::vector<Observation>& history, milliseconds at, const ProbeResult& result) {
  if (!history.empty() && history.back().result.readiness == result.readiness &&
      history.back().result.reason == result.reason) {
    ++history.back().times;
    return false;
  }
  if (history.size() == kObservationsMax) {
    history.pop_back();
  }
  history.push_back({at, result, 1});
  return true;
}

}  // namespace

Pause real_pause() {
  return [](milliseconds time) {
    std::this_thread::sleep_for(time);
    return true;
  };
}

WaitReport wait_until_ready(const std::function<ProbeResult()>& probe, const WaitLimits& limits,
                            const base::Clock& clock, const Pause& pause,
                            const std::function<void(const Observation&)>& seen) {
  WaitReport report;
  const base::MonoTime start = clock.mono();
  bool ready = false;
  base::MonoTime ready_since{};
  milliseconds next_pause = limits.first_pause;
  for (;;) {
    const base::MonoTime asked = clock.mono();
    const ProbeResult result = probe();
    if (observe(report.history, since(start, clock), result) && seen) {
      seen(report.history.back());
    }
    report.reason = result.reason;
    const bool was_ready = std::exchange(ready, result.readiness == Readiness::kReady);
    if (ready) {
      ready_since = was_ready ? ready_since : asked;
      next_pause = limits.first_pause;
    }
    report.waited = since(start, clock);
    if (result.readiness == Readiness::kNever ||
        (ready && clock.mono() - ready_since >= limits.stable_for)) {
      report.readiness = result.readiness;
      return report;
    }
    if (report.waited >= limits.timeout ||
        !pause(std::min(next_pause, limits.timeout - report.waited))) {
      report.waited = since(start, clock);
      return report;
    }
    next_pause = std::min(next_pause * 2, limits.longest_pause);
  }
}

std::vector<WaitReport> wait_for_all(
    const std::vector<WaitTarget>& targets, const base::Clock& clock, const Pause& pause,
    const std::function<void(const WaitTarget&, const Observation&)>& seen) {
  std::vector<WaitReport> reports(targets.size());
  std::mutex telling;  // of `seen`
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < targets.size(); ++i) {
    threads.emplace_back([&, i] {
      const WaitTarget& target = targets[i];
      const auto ask = [&] {
        return probe(target.kind, target.url, target.ready_path,
                     std::min(kProbeTimeout, target.limits.timeout));
      };
      reports[i] = wait_until_ready(ask, target.limits, clock, pause, [&](const Observation& now) {
        if (seen) {
          const std::lock_guard lock(telling);
          seen(target, now);
        }
      });
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  return reports;
}

}  // namespace harness
