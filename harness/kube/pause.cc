#include "harness/kube/pause.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

namespace harness {

bool pause_for(std::chrono::milliseconds time, const std::stop_token& stop) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stop, time, [] { return false; });
  return !stop.stop_requested();
}

bool Backoff::pause(const std::stop_token& stop) {
  return pause_for(std::exchange(next_, std::min(next_ * 2, most_)), stop);
}

}  // namespace harness
