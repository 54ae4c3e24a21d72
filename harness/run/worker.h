// A thread for what may wait: calls to mockllm, probes, files. In order, one at a time; what
// follows a task runs on the loop again.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "harness/run/loop.h"

namespace harness {

class Worker {
 public:
  // `loop` outlives it.
  explicit Worker(Loop& loop);
  ~Worker();  // ends after the task that is running; what still waits is dropped
  Worker(const Worker&) = delete;
  Worker& operator=(const Worker&) = delete;

  // Runs `task` on the thread, then `then` on the loop.
  void run(std::function<void()> task, std::function<void()> then);

 private:
  struct Work {
    std::function<void()> task;
    std::function<void()> then;
  };

  void serve();

  Loop* loop_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Work> queue_;  // guarded by mutex_
  bool ending_ = false;     // guarded by mutex_
  std::thread thread_;
};

}  // namespace harness
