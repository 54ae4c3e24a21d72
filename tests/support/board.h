// A fact that one thread waits for and another brings about: instead of a sleep.
#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace support {

class Board {
 public:
  static constexpr std::chrono::seconds kPatience{60};

  template <typename Change>
  void change(Change change) {
    const std::lock_guard lock(mutex_);
    change();
    changed_.notify_all();
  }

  // True where `condition`, which is asked with the board locked, came true in time.
  template <typename Condition>
  bool wait(Condition condition, std::chrono::milliseconds patience = kPatience) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, patience, condition);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
};

}  // namespace support
