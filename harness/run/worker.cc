#include "harness/run/worker.h"

namespace harness {

Worker::Worker(Loop& loop) : loop_(&loop), thread_([this] { serve(); }) {}

Worker::~Worker() {
  {
    const std::lock_guard lock(mutex_);
    ending_ = true;
  }
  changed_.notify_one();
  thread_.join();
}

void Worker::run(std::function<void()> task, std::function<void()> then) {
  {
    const std::lock_guard lock(mutex_);
    queue_.push_back({std::move(task), std::move(then)});
  }
  changed_.notify_one();
}

void Worker::serve() {
  for (;;) {
    Work work;
    {
      std::unique_lock lock(mutex_);
      changed_.wait(lock, [this] { return ending_ || !queue_.empty(); });
      if (ending_) {
        return;
      }
      work = std::move(queue_.front());
      queue_.pop_front();
    }
    work.task();
    loop_->post(std::move(work.then));
  }
}

}  // namespace harness
