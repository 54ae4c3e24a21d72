#include "harness/ready/waiter.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

#include "common/base/duration.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

milliseconds between(base::MonoTime start, base::MonoTime end) {
  return std::chrono::duration_cast<milliseconds>(end - start);
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

// The threads of wait_for_all() write into it, its caller reads out of it.
class Board {
 public:
  Board(const std::vector<WaitTarget>& targets, const Surroundings& surroundings,
        const Pause& pause)
      : targets_(targets),
        surroundings_(surroundings),
        pause_(pause),
        start_(surroundings.clock.mono()),
        states_(targets.size()) {
    for (std::size_t i = 0; i < targets_.size(); ++i) {
      find_needs(i);
    }
  }

  // Of one target, in a thread of its own.
  void wait(std::size_t target);
  // In the caller's thread, until all are over.
  void follow(const std::function<void(const std::vector<WaitState>&)>& changed);

  std::vector<WaitState> take() { return std::move(states_); }

 private:
  [[nodiscard]] const WaitState* state_of(const std::string& service) const;
  void find_needs(std::size_t target);
  bool needs_are_over(std::size_t target);
  // What a target needs and does not get; nullopt where it may begin.
  std::optional<std::string> hindered(std::size_t target);
  void put(std::size_t target, const WaitReport& report, bool over);

  const std::vector<WaitTarget>& targets_;
  const Surroundings& surroundings_;
  const Pause& pause_;
  base::MonoTime start_;
  std::mutex mutex_;  // of what follows
  std::condition_variable moved_;
  bool news_ = true;
  std::vector<WaitState> states_;
};

const WaitState* Board::state_of(const std::string& service) const {
  const auto found = std::find_if(targets_.begin(), targets_.end(), [&](const WaitTarget& target) {
    return target.service.name == service;
  });
  return found == targets_.end() ? nullptr
                                 : &states_[static_cast<std::size_t>(found - targets_.begin())];
}

// What is not waited for here is nobody's to be held by.
void Board::find_needs(std::size_t target) {
  std::vector<std::string>& held_by = states_[target].held_by;
  held_by.clear();
  for (const std::string& need : targets_[target].service.needs) {
    const WaitState* state = state_of(need);
    if (state != nullptr && (!state->over || state->report.readiness != Readiness::kReady)) {
      held_by.push_back(need);
    }
  }
}

bool Board::needs_are_over(std::size_t target) {
  find_needs(target);
  const std::vector<std::string>& held_by = states_[target].held_by;
  return std::any_of(held_by.begin(), held_by.end(),
                     [&](const std::string& need) { return state_of(need)->over; }) ||
         held_by.empty();
}

std::optional<std::string> Board::hindered(std::size_t target) {
  std::unique_lock lock(mutex_);
  moved_.wait(lock, [&] { return needs_are_over(target); });
  WaitState& state = states_[target];
  state.begun_at = between(start_, surroundings_.clock.mono());
  return state.held_by.empty() ? std::nullopt : std::optional(state.held_by.front());
}

void Board::put(std::size_t target, const WaitReport& report, bool over) {
  const std::lock_guard lock(mutex_);
  states_[target].report = report;
  states_[target].over = over;
  news_ = true;
  moved_.notify_all();
}

void Board::wait(std::size_t target) {
  if (const auto need = hindered(target)) {
    WaitReport report;
    report.reason = "was not asked: it needs " + *need + ", which is not ready";
    put(target, report, true);
    return;
  }
  const WaitTarget& wanted = targets_[target];
  const auto ask = [&] {
    return probe(wanted.service, wanted.url, surroundings_,
                 std::max(wanted.limits.timeout, milliseconds(1)));
  };
  put(target,
      wait_until_ready(ask, wanted.limits, surroundings_.clock, pause_,
                       [&](const WaitReport& report) { put(target, report, false); }),
      true);
}

void Board::follow(const std::function<void(const std::vector<WaitState>&)>& changed) {
  for (bool all_over = false; !all_over;) {
    std::unique_lock lock(mutex_);
    moved_.wait_for(lock, kHeartbeat, [&] { return news_; });
    news_ = false;
    for (std::size_t i = 0; i < states_.size(); ++i) {
      find_needs(i);
    }
    const std::vector<WaitState> now = states_;
    lock.unlock();
    all_over =
        std::all_of(now.begin(), now.end(), [](const WaitState& state) { return state.over; });
    if (changed) {
      changed(now);
    }
  }
}

}  // namespace

Pause real_pause() {
  return [](milliseconds time) {
    std::this_thread::sleep_for(time);
    return true;
  };
}

WaitLimits limits_of(const ServiceConfig& service) {
  WaitLimits limits;
  limits.timeout = service.ready.timeout;
  limits.stable_for = service.ready.stable_for;
  return limits;
}

bool Approach::hear(base::MonoTime asked, base::MonoTime now, const ProbeResult& result) {
  report_.waited = between(start_, now);
  const bool is_new = observe(report_.history, report_.waited, result);
  report_.reason = result.reason;
  const bool was_ready = std::exchange(ready_, result.readiness == Readiness::kReady);
  if (ready_) {
    ready_since_ = was_ready ? ready_since_ : asked;
    next_pause_ = limits_.first_pause;
  }
  if (result.readiness == Readiness::kNever ||
      (ready_ && now - ready_since_ >= limits_.stable_for)) {
    report_.readiness = result.readiness;
    over_ = true;
  } else if (report_.waited >= limits_.timeout) {
    over_ = true;
    if (ready_) {
      report_.reason = "ready for only " + base::format_duration(between(ready_since_, now)) +
                       " of the " + base::format_duration(limits_.stable_for) +
                       " wanted without a break";
    }
  }
  return is_new;
}

milliseconds Approach::pause() {
  const milliseconds now = std::min(next_pause_, limits_.timeout - report_.waited);
  next_pause_ = std::min(next_pause_ * 2, limits_.longest_pause);
  return now;
}

WaitReport wait_until_ready(const std::function<ProbeResult()>& probe, const WaitLimits& limits,
                            const base::Clock& clock, const Pause& pause,
                            const std::function<void(const WaitReport&)>& changed) {
  const base::MonoTime start = clock.mono();
  Approach approach(limits, start);
  for (;;) {
    const base::MonoTime asked = clock.mono();
    const ProbeResult result = probe();
    const bool is_new = approach.hear(asked, clock.mono(), result);
    if (approach.over()) {
      return approach.report();
    }
    if (is_new && changed) {
      changed(approach.report());
    }
    if (!pause(approach.pause())) {
      WaitReport report = approach.report();
      report.waited = between(start, clock.mono());
      return report;
    }
  }
}

std::vector<WaitState> wait_for_all(
    const std::vector<WaitTarget>& targets, const Surroundings& surroundings, const Pause& pause,
    const std::function<void(const std::vector<WaitState>&)>& changed) {
  Board board(targets, surroundings, pause);
  std::vector<std::thread> threads;
  threads.reserve(targets.size());
  for (std::size_t i = 0; i < targets.size(); ++i) {
    threads.emplace_back([&board, i] { board.wait(i); });
  }
  board.follow(changed);
  for (std::thread& thread : threads) {
    thread.join();
  }
  return board.take();
}

}  // namespace harness
