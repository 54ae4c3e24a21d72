// One epoll loop: descriptors, timers, and words from other threads, each answered by a callback on
// the thread that runs it. The dispatcher of a run lives on it and owns the truth.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <unordered_map>

#include "common/base/clock.h"
#include "common/base/file.h"

namespace harness {

class Loop {
 public:
  using Callback = std::function<void()>;
  using Timer = std::pair<base::MonoTime, std::uint64_t>;

  // `clock` outlives it.
  explicit Loop(const base::Clock& clock);

  // Called each time `fd` is readable or hung up. One callback for a descriptor.
  void watch(int fd, Callback callback);
  void unwatch(int fd);

  // Called once, not before `when`, unless cancelled.
  Timer at(base::MonoTime when, Callback callback);
  void cancel(Timer timer);

  // From any thread: called on the loop's thread, in order.
  void post(Callback callback);

  // Waits for something, and answers all of it.
  void run_once();

  [[nodiscard]] const base::Clock& clock() const { return *clock_; }

 private:
  [[nodiscard]] int wait_ms() const;
  void fire_timers();
  void take_posted();

  const base::Clock* clock_;
  base::UniqueFd epoll_;
  base::UniqueFd wake_;
  std::unordered_map<int, std::shared_ptr<Callback>> watched_;
  std::map<Timer, Callback> timers_;
  std::uint64_t next_timer_ = 0;
  std::mutex mutex_;
  std::deque<Callback> posted_;  // guarded by mutex_
};

}  // namespace harness
