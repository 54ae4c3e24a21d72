// A list and everything that happens to it afterwards, and a container's log as it grows: each on a
// thread of its own, because reading them blocks. A cut connection is taken up where it broke.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "common/base/clock.h"
#include "harness/kube/api.h"

namespace harness {

struct KubeStreamLimits {
  KubeLimits request;
  // A server is asked to end a watch after `watch_time`, so that one that is silent for longer (and
  // `watch_slack`) is known to be away and not merely quiet.
  std::chrono::seconds watch_time{20};
  std::chrono::milliseconds watch_slack{5'000};
  // A log may rightly be silent; after so much silence the pod is asked for.
  std::chrono::milliseconds log_silence{20'000};
  std::chrono::milliseconds backoff_min{100};
  std::chrono::milliseconds backoff_max{5'000};
  std::size_t objects_max = 50'000;  // of one watch; their last state is kept
  std::size_t event_bytes_max = 8 * 1024 * 1024;
  std::size_t line_bytes_max = 1024 * 1024;  // of a log: the rest of a longer one is dropped
};

// What a watch tells; called on its thread, one at a time.
struct WatchSink {
  // type is ADDED, MODIFIED or DELETED; after a gap, objects that are gone come as DELETED.
  std::function<void(std::string_view type, const nlohmann::json& object)> event;
  // The server does not answer or refuses (since when is the caller's to count): once, and again
  // where the status is another. `found` where it answers again.
  std::function<void(const KubeError& error)> lost;
  std::function<void()> found;
};

// Lists, then watches from the list's resourceVersion; resumes after any lost connection; lists
// anew after 410 Gone. Ends with its object, which is not for the sink to destroy.
class KubeWatch {
 public:
  // `path` is a collection's: "/api/v1/namespaces/ci/pods"; the selectors may be empty.
  KubeWatch(const KubeAccess& access, const base::Clock& clock, std::string path,
            const std::string& label_selector, const std::string& field_selector, WatchSink sink,
            const KubeStreamLimits& limits = {});
  KubeWatch(const KubeWatch&) = delete;
  KubeWatch& operator=(const KubeWatch&) = delete;
  ~KubeWatch();  // cuts the connection and joins

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

struct LogSink {
  std::function<void(std::string_view line)> line;  // without its newline, once each
  // The log cannot be read at the moment: once, and again where the status is another. With 404 the
  // pod is gone, `ended` follows, and lines may be missing.
  std::function<void(const KubeError& error)> lost;
  std::function<void()> ended;  // the container has ended and everything of its log was read
};

// Follows one container's log, from before it has started until it has ended. A log that was
// rotated or a connection that was cut is taken up by time stamp, and no line is told twice.
class KubeLog {
 public:
  KubeLog(const KubeAccess& access, const base::Clock& clock, const std::string& namespace_name,
          const std::string& pod, std::string container, LogSink sink,
          const KubeStreamLimits& limits = {});
  KubeLog(const KubeLog&) = delete;
  KubeLog& operator=(const KubeLog&) = delete;
  ~KubeLog();

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace harness
