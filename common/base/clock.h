// Time enters here and nowhere else, so that a test owns it.
#pragma once

#include <chrono>
#include <string>

namespace base {

using Nanoseconds = std::chrono::nanoseconds;
// Never goes back; for waits, limits and durations.
using MonoTime = std::chrono::steady_clock::time_point;
// UTC; for stamps that people read.
using WallTime = std::chrono::time_point<std::chrono::system_clock, std::chrono::milliseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual MonoTime mono() const = 0;
  [[nodiscard]] virtual WallTime wall() const = 0;
};

class SystemClock final : public Clock {
 public:
  [[nodiscard]] MonoTime mono() const override;
  [[nodiscard]] WallTime wall() const override;
};

// "2026-11-22T10:00:00.123Z"
std::string to_rfc3339(WallTime time);

// Whole and fractional milliseconds, for JSON.
double to_ms(Nanoseconds duration);

}  // namespace base
