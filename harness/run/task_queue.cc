#include "harness/run/task_queue.h"

#include <algorithm>
#include <utility>

namespace harness {

void TaskQueue::push_back(Task task) {
  ready_.emplace(next_++, std::move(task));
  ++count_;
}

void TaskQueue::push_front(Task task) {
  ready_.emplace(first_--, std::move(task));
  ++count_;
}

std::optional<Task> TaskQueue::take() {
  while (!ready_.empty()) {
    Tasks::node_type next = ready_.extract(ready_.begin());
    const std::vector<std::string>& resources = next.mapped().resources;
    const auto taken = std::find_if(resources.begin(), resources.end(),
                                    [&](const auto& resource) { return held_.contains(resource); });
    if (taken == resources.end()) {
      held_.insert(resources.begin(), resources.end());
      --count_;
      return std::move(next.mapped());
    }
    park(std::move(next), *taken);
  }
  return std::nullopt;
}

void TaskQueue::park(Tasks::node_type task, const std::string& resource) {
  const std::vector<std::string> others = task.mapped().resources;
  parked_[resource].insert(std::move(task));
  for (const std::string& other : others) {
    if (!held_.contains(other)) {
      wake_first_for(other);
    }
  }
}

void TaskQueue::wake_first_for(const std::string& resource) {
  const auto parked = parked_.find(resource);
  if (parked == parked_.end()) {
    return;
  }
  ready_.insert(parked->second.extract(parked->second.begin()));
  if (parked->second.empty()) {
    parked_.erase(parked);
  }
}

void TaskQueue::release(const Task& task) {
  for (const std::string& resource : task.resources) {
    held_.erase(resource);
    wake_first_for(resource);
  }
}

std::vector<Task> TaskQueue::take_all() {
  for (auto& [resource, tasks] : parked_) {
    ready_.merge(tasks);
  }
  parked_.clear();
  std::vector<Task> all;
  for (auto& [place, task] : ready_) {
    all.push_back(std::move(task));
  }
  ready_.clear();
  count_ = 0;
  return all;
}

}  // namespace harness
