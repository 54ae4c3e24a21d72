// SIGINT and SIGTERM as something to poll, so that no handler runs in the middle of anything.
#pragma once

#include <optional>

#include "common/base/error.h"
#include "common/base/file.h"

namespace harness {

// Blocks both signals for this thread and those it starts later: make it before any thread. One per
// program.
class StopSignals {
 public:
  static base::Result<StopSignals> take();

  [[nodiscard]] int fd() const { return fd_.get(); }  // readable where a signal waits

 private:
  explicit StopSignals(base::UniqueFd fd) : fd_(std::move(fd)) {}

  base::UniqueFd fd_;
};

// The signal that came, once for each. `fd` is StopSignals::fd().
std::optional<int> take_stop_signal(int fd);

}  // namespace harness
