// Waiting that another thread can end.
#pragma once

#include <chrono>
#include <stop_token>

namespace harness {

// False where a stop was requested meanwhile.
bool pause_for(std::chrono::milliseconds time, const std::stop_token& stop);

// The time until the next attempt: doubled from the least to the most, from the least again after
// success.
class Backoff {
 public:
  Backoff(std::chrono::milliseconds least, std::chrono::milliseconds most)
      : least_(least),
        most_(most),
        next_(least) {}

  bool pause(const std::stop_token& stop);

  void reset() { next_ = least_; }

 private:
  std::chrono::milliseconds least_;
  std::chrono::milliseconds most_;
  std::chrono::milliseconds next_;
};

}  // namespace harness
