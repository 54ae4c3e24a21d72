// Whether a server is away, told when it changes and not at every attempt.
#pragma once

#include <functional>
#include <optional>

#include "harness/kube/api.h"

namespace harness {

class Outage {
 public:
  Outage(const std::function<void(const KubeError& error)>& lost,
         const std::function<void()>& found)
      : lost_(lost),
        found_(found) {}

  void lost(const KubeError& error) {
    if (status_ != error.status && lost_) {
      lost_(error);
    }
    status_ = error.status;
  }

  void found() {
    if (status_ && found_) {
      found_();
    }
    status_.reset();
  }

 private:
  const std::function<void(const KubeError& error)>& lost_;
  const std::function<void()>& found_;
  std::optional<int> status_;  // of the trouble that was told last
};

}  // namespace harness
