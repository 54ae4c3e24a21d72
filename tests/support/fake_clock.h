// A clock that a test moves.
#pragma once

#include <chrono>

#include "common/base/clock.h"

namespace support {

class FakeClock final : public base::Clock {
 public:
  [[nodiscard]] base::MonoTime mono() const override { return mono_; }

  [[nodiscard]] base::WallTime wall() const override { return wall_; }

  void advance(std::chrono::milliseconds time) {
    mono_ += time;
    wall_ += time;
  }

 private:
  base::MonoTime mono_{std::chrono::hours(1)};
  base::WallTime wall_{std::chrono::hours(24 * 365 * 50)};
};

}  // namespace support
