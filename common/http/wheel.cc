#include "common/http/wheel.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace http {
void Timer::cancel() {
  if (!armed() || wheel_ == nullptr) {
    return;
  }
  previous->next = next;
  next->previous = previous;
  if (slot_ >= 0 && next == &wheel_->slots_[static_cast<std::size_t>(slot_)] && next == previous) {
    wheel_->occupied_[static_cast<std::size_t>(slot_ / Wheel::kSlots)] &=
        ~(std::uint64_t{1} << (slot_ % Wheel::kSlots));
  }
  previous = nullptr;
  next = nullptr;
}

Wheel::Wheel(base::MonoTime start, std::chrono::milliseconds tick)
    : start_(start),
      tick_(std::max<base::Nanoseconds>(tick, std::chrono::microseconds(100))) {
  for (TimerLink& head : slots_) {
    head.previous = &head;
    head.next = &head;
  }
}

Wheel::~Wheel() {
  for (TimerLink& head : slots_) {
    while (head.next != &head) {
      static_cast<Timer*>(head.next)->cancel();
    }
  }
}

std::uint64_t Wheel::tick_of(base::MonoTime at, bool round_up) const {
  if (at <= start_) {
    return 0;
  }
  const auto distance = static_cast<std::uint64_t>((at - start_).count());
  const auto tick = static_cast<std::uint64_t>(tick_.count());
  return distance / tick + (round_up && distance % tick != 0 ? 1 : 0);
}

void Wheel::arm(Timer& timer, base::MonoTime at) {
  timer.cancel();
  timer.wheel_ = this;
  timer.tick_ = std::max(tick_of(at, true), now_tick_ + 1);
  insert(timer);
}

void Wheel::insert(Timer& timer) {
  // What lies beyond the span waits in the last slot and is looked at again there.
  const std::uint64_t tick = std::min(timer.tick_, now_tick_ + kSpan - 1);
  const std::uint64_t differing = std::min((now_tick_ ^ tick) | (kSlots - 1), kSpan - 1);
  const int level = (63 - std::countl_zero(differing)) / kBits;
  const int slot = static_cast<int>((tick >> (level * kBits)) & (kSlots - 1));
  timer.slot_ = level * kSlots + slot;
  TimerLink& head = slots_[static_cast<std::size_t>(timer.slot_)];
  timer.previous = head.previous;
  timer.next = &head;
  timer.previous->next = &timer;
  head.previous = &timer;
  occupied_[static_cast<std::size_t>(level)] |= std::uint64_t{1} << slot;
}

std::optional<Wheel::Expiry> Wheel::next_expiry() const {
  for (int level = 0; level < kLevels; ++level) {
    const std::uint64_t occupied = occupied_[static_cast<std::size_t>(level)];
    if (occupied == 0) {
      continue;
    }
    const int shift = level * kBits;
    const int here = static_cast<int>((now_tick_ >> shift) & (kSlots - 1));
    const int slot = (std::countr_zero(std::rotr(occupied, here)) + here) % kSlots;
    const std::uint64_t range = std::uint64_t{1} << (shift + kBits);
    std::uint64_t tick = (now_tick_ & ~(range - 1)) + (static_cast<std::uint64_t>(slot) << shift);
    if (tick <= now_tick_) {
      tick += range;  // only in the top level, where slots wrap around
    }
    return Expiry{tick, level * kSlots + slot};
  }
  return std::nullopt;
}

std::optional<base::MonoTime> Wheel::next() const {
  const std::optional<Expiry> expiry = next_expiry();
  if (!expiry) {
    return std::nullopt;
  }
  return start_ + tick_ * static_cast<base::Nanoseconds::rep>(expiry->tick);
}

void Wheel::advance(base::MonoTime now) {
  const std::uint64_t target = std::max(tick_of(now, false), now_tick_);
  for (;;) {
    const std::optional<Expiry> expiry = next_expiry();
    if (!expiry || expiry->tick > target) {
      break;
    }
    now_tick_ = expiry->tick;
    fire(expiry->slot, now);
  }
  now_tick_ = target;
}

void Wheel::fire(int slot, base::MonoTime now) {
  TimerLink& head = slots_[static_cast<std::size_t>(slot)];
  TimerLink firing = head;
  firing.next->previous = &firing;
  firing.previous->next = &firing;
  head.next = &head;
  head.previous = &head;
  occupied_[static_cast<std::size_t>(slot / kSlots)] &= ~(std::uint64_t{1} << (slot % kSlots));
  for (TimerLink* link = firing.next; link != &firing; link = link->next) {
    static_cast<Timer*>(link)->slot_ = -1;
  }
  while (firing.next != &firing) {
    Timer& timer = *static_cast<Timer*>(firing.next);
    timer.cancel();
    if (timer.tick_ > now_tick_) {
      insert(timer);
    } else {
      timer.due_(timer.owner_, now);
    }
  }
}

}  // namespace http
