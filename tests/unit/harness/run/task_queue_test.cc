#include "harness/run/task_queue.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <list>
#include <random>
#include <set>

namespace harness {
namespace {

using ::testing::ElementsAre;

Task task(const std::string& name, std::vector<std::string> resources = {}) {
  Task out;
  out.file = name;
  out.resources = std::move(resources);
  return out;
}

std::string take_name(TaskQueue& queue) {
  const std::optional<Task> next = queue.take();
  return next ? next->file : "";
}

TEST(TaskQueue, GivesWhatMayRunInOrder) {
  TaskQueue queue;
  queue.push_back(task("a", {"orders"}));
  queue.push_back(task("b", {"orders"}));
  queue.push_back(task("c"));
  queue.push_back(task("d", {"stock"}));

  EXPECT_EQ(take_name(queue), "a");
  EXPECT_EQ(take_name(queue), "c") << "b waits for what a holds";
  EXPECT_EQ(take_name(queue), "d");
  EXPECT_EQ(take_name(queue), "");
  EXPECT_FALSE(queue.empty());

  queue.release(task("a", {"orders"}));

  EXPECT_EQ(take_name(queue), "b");
  EXPECT_TRUE(queue.empty());
}

TEST(TaskQueue, TakesAllResourcesOfATaskOrNone) {
  TaskQueue queue;
  queue.push_back(task("a", {"stock"}));
  queue.push_back(task("both", {"orders", "stock"}));
  queue.push_back(task("c", {"orders"}));

  EXPECT_EQ(take_name(queue), "a");
  EXPECT_EQ(take_name(queue), "c") << "both holds nothing while it waits";
  queue.release(task("a", {"stock"}));
  EXPECT_EQ(take_name(queue), "");
  queue.release(task("c", {"orders"}));
  EXPECT_EQ(take_name(queue), "both");
}

TEST(TaskQueue, PutsARetryFirst) {
  TaskQueue queue;
  queue.push_back(task("a"));
  queue.push_front(task("again"));

  EXPECT_EQ(take_name(queue), "again");
}

TEST(TaskQueue, GivesUpAllThatWaitInOrder) {
  TaskQueue queue;
  for (const char* name : {"a", "b", "c"}) {
    queue.push_back(task(name, {"orders"}));
  }
  queue.push_back(task("d"));
  EXPECT_EQ(take_name(queue), "a");
  EXPECT_EQ(take_name(queue), "d");

  std::vector<std::string> names;
  for (const Task& left : queue.take_all()) {
    names.push_back(left.file);
  }

  EXPECT_THAT(names, ElementsAre("b", "c"));
  EXPECT_TRUE(queue.empty());
}

// The same said simply: a list, and the first of it that may run.
class SimpleQueue {
 public:
  void push_back(Task task) { tasks_.push_back(std::move(task)); }

  void push_front(Task task) { tasks_.push_front(std::move(task)); }

  std::optional<Task> take() {
    const auto is_free = [&](const std::string& resource) { return !held_.contains(resource); };
    const auto next = std::find_if(tasks_.begin(), tasks_.end(), [&](const Task& task) {
      return std::all_of(task.resources.begin(), task.resources.end(), is_free);
    });
    if (next == tasks_.end()) {
      return std::nullopt;
    }
    Task task = std::move(*next);
    tasks_.erase(next);
    held_.insert(task.resources.begin(), task.resources.end());
    return task;
  }

  void release(const Task& task) {
    for (const std::string& resource : task.resources) {
      held_.erase(resource);
    }
  }

 private:
  std::list<Task> tasks_;
  std::set<std::string> held_;
};

TEST(TaskQueue, DoesWhatASearchOfAListDoes) {
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    std::mt19937_64 random(seed);
    TaskQueue queue;
    SimpleQueue simple;
    std::vector<Task> running;
    for (int step = 0; step < 300; ++step) {
      if (const auto what = random() % 10; what < 5) {
        std::set<std::string> resources;
        for (auto left = random() % 4; left > 0; --left) {
          resources.insert("r" + std::to_string(random() % 4));
        }
        const Task next =
            task(std::to_string(step), std::vector(resources.begin(), resources.end()));
        what == 0 ? queue.push_front(next) : queue.push_back(next);
        what == 0 ? simple.push_front(next) : simple.push_back(next);
      } else if (what < 8) {
        std::optional<Task> taken = queue.take();
        const std::optional<Task> expected = simple.take();
        ASSERT_EQ(taken.has_value(), expected.has_value()) << "seed " << seed;
        if (taken) {
          ASSERT_EQ(taken->file, expected->file) << "seed " << seed;
          running.push_back(std::move(*taken));
        }
      } else if (!running.empty()) {
        std::swap(running[random() % running.size()], running.back());
        queue.release(running.back());
        simple.release(running.back());
        running.pop_back();
      }
    }
  }
}

}  // namespace
}  // namespace harness
