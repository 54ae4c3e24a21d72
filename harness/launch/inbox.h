// What the watches and logs of a launch tell, in the order in which it came: their threads put, the
// launcher takes.
#pragma once

#include <chrono>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <variant>

#include <nlohmann/json.hpp>

#include "common/base/error.h"
#include "common/base/file.h"

namespace harness {

struct ObjectChanged {
  enum class Kind { kJob, kPod, kEvent } kind = Kind::kJob;
  bool deleted = false;
  nlohmann::json object;
};

struct LogLine {
  std::string pod_uid;
  std::string line;
};

struct LogEnded {
  std::string pod_uid;
};

// A watch was answered with an error.
struct ApiRefused {
  std::string message;
};

struct ApiLost {
  std::string message;
};

struct ApiFound {};

using LaunchMessage = std::variant<ObjectChanged, LogLine, LogEnded, ApiRefused, ApiLost, ApiFound>;

class Inbox {
 public:
  static base::Result<std::unique_ptr<Inbox>> make();

  void put(LaunchMessage message);
  std::optional<LaunchMessage> take();
  // Returns when there is something to take, `stop_fd` can be read, or the time is over. True where
  // `stop_fd` can be read.
  bool wait(int stop_fd, std::chrono::milliseconds longest);

 private:
  explicit Inbox(base::UniqueFd ready) : ready_(std::move(ready)) {}

  std::mutex mutex_;
  std::deque<LaunchMessage> messages_;
  base::UniqueFd ready_;  // an eventfd: not 0 where something was put since the last wait
};

}  // namespace harness
