// A handler whose paths name what the engine is to do.
#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <mutex>
#include <string>
#include <vector>

#include "common/http/handler.h"

namespace engine {

// What the handler saw, for the test's thread.
class Seen {
 public:
  void add_delivered(const http::Delivered& delivered);
  void add_deferred_gone();
  // Waits until that many answers have finished, and returns them all.
  std::vector<http::Delivered> wait_for_delivered(std::size_t count);
  bool wait_for_deferred_gone();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<http::Delivered> delivered_;  // guarded by mutex_
  bool deferred_gone_ = false;              // guarded by mutex_
};

// Paths:
//   /echo...   200, "METHOD TARGET BODY"; finished() is noted
//   /frames    a stream of three frames, all due at once
//   /paced     a stream of three frames, 5 ms apart
//   /endless   a stream of a frame a millisecond
//   /flood     a stream of 64 KB frames without an end
//   /busy      a stream that never has anything and always wants to be asked again
//   /reset     one frame, then a cut
//   /parked    a stream that waits to be woken, then one frame
//   /deferred  an answer that waits to be woken
//   /later     an answer that is ready after 5 ms
//   /woken     a stream whose waker is called while it is asked
//   /split     headers that try to split the head
//   /empty     204
//   /close     200, and the connection ends
//   /big       200, 8 MiB
//   /redirect  302 to /echo
class EchoHandler final : public http::Handler {
 public:
  http::Answer handle(const http::Request& request, const http::Waker& waker) override;
  http::Response refuse(int status, std::string_view limit, std::string_view message) override;

  // On the loop thread: wakes what is parked or deferred, also when it is gone.
  void wake_all();
  Seen seen;

  static constexpr std::size_t kBigBytes = 8 * 1024 * 1024;

 private:
  std::vector<http::Waker> wakers_;
};

}  // namespace engine
