// The tick wheel: all waits and timeouts of one loop. Arming, moving and cancelling cost a few
// instructions and no allocation; nothing runs while nothing is due.
//
// Six levels of 64 slots. A timer sits in the level that its distance needs and moves down as its
// time comes near, so the wheel spans 64^6 ticks (two years at a millisecond).
#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <optional>

#include "common/base/clock.h"

namespace http {

class Wheel;

// A place in a circular list.
struct TimerLink {
  TimerLink* previous = nullptr;
  TimerLink* next = nullptr;
};

// One wait, embedded in its owner. Cancels itself when destroyed.
class Timer : private TimerLink {
 public:
  using Due = void (*)(void* owner, base::MonoTime now);

  Timer(void* owner, Due due) : owner_(owner), due_(due) {}

  Timer(const Timer&) = delete;
  Timer& operator=(const Timer&) = delete;

  ~Timer() { cancel(); }

  void cancel();

  [[nodiscard]] bool armed() const { return next != nullptr; }

 private:
  friend class Wheel;

  void* owner_;
  Due due_;
  Wheel* wheel_ = nullptr;
  std::uint64_t tick_ = 0;
  int slot_ = -1;  // over all levels; -1 while in the list that is being fired
};

class Wheel {
 public:
  Wheel(base::MonoTime start, std::chrono::milliseconds tick);
  Wheel(const Wheel&) = delete;
  Wheel& operator=(const Wheel&) = delete;
  ~Wheel();

  // Due at the first tick that is not before `at`; an armed timer is moved. A time that has passed
  // is due at the next tick, never at once: a timer cannot starve the others.
  void arm(Timer& timer, base::MonoTime at);
  // Calls everything that is due. The calls may arm and cancel any timer.
  void advance(base::MonoTime now);
  // When advance() has work next, which may be only moving timers down. nullopt while none is
  // armed.
  [[nodiscard]] std::optional<base::MonoTime> next() const;

 private:
  friend class Timer;
  static constexpr int kBits = 6;
  static constexpr int kSlots = 1 << kBits;
  static constexpr int kLevels = 6;
  static constexpr std::uint64_t kSpan = std::uint64_t{1} << (kBits * kLevels);

  struct Expiry {
    std::uint64_t tick;
    int slot;
  };

  [[nodiscard]] std::optional<Expiry> next_expiry() const;
  [[nodiscard]] std::uint64_t tick_of(base::MonoTime at, bool round_up) const;
  void insert(Timer& timer);
  void fire(int slot, base::MonoTime now);

  base::MonoTime start_;
  base::Nanoseconds tick_;
  std::uint64_t now_tick_ = 0;
  std::array<std::uint64_t, kLevels> occupied_{};
  std::array<TimerLink, kSlots * kLevels> slots_;  // the heads of circular lists
};

}  // namespace http
