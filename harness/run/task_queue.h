// The tasks that wait for their process, in order, and the resources that those which run hold: no
// two tasks that name the same resource run at a time. Asking for the next costs no more where many
// wait for one resource. Used by the thread of the run alone.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/run/unit_run.h"

namespace harness {

class TaskQueue {
 public:
  void push_back(Task task);
  void push_front(Task task);

  // The first one whose resources are free; they are its own until it is released.
  std::optional<Task> take();
  // What take() gave is over. Its resources are those of `task`.
  void release(const Task& task);

  // Every one that waits, in order.
  std::vector<Task> take_all();

  [[nodiscard]] bool empty() const { return count_ == 0; }

 private:
  using Tasks = std::map<std::int64_t, Task>;  // by their place in the order

  void park(Tasks::node_type task, const std::string& resource);
  void wake_first_for(const std::string& resource);

  // A task that is looked at and must wait lies with the resource that it waits for. Of a free
  // resource for which tasks wait, one of them is always among the ready: it takes the resource, or
  // must wait for another one and wakes the next.
  Tasks ready_;
  std::map<std::string, Tasks, std::less<>> parked_;
  std::set<std::string, std::less<>> held_;
  std::int64_t first_ = 0;
  std::int64_t next_ = 1;
  std::size_t count_ = 0;
};

}  // namespace harness
