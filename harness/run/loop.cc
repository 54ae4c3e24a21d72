#include "harness/run/loop.h"

#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "common/base/check.h"

namespace harness {
namespace {

constexpr int kEventsMax = 64;
constexpr std::int64_t kWaitMsMax = 60'000;

}  // namespace

Loop::Loop(const base::Clock& clock)
    : clock_(&clock),
      epoll_(::epoll_create1(EPOLL_CLOEXEC)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  CHECK(epoll_.valid() && wake_.valid());
  watch(wake_.get(), [this] {
    std::uint64_t count = 0;
    [[maybe_unused]] const ssize_t got = ::read(wake_.get(), &count, sizeof count);
    take_posted();
  });
}

void Loop::watch(int fd, Callback callback) {
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.fd = fd;
  CHECK(::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0);
  watched_[fd] = std::make_shared<Callback>(std::move(callback));
}

void Loop::unwatch(int fd) {
  if (watched_.erase(fd) != 0) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
  }
}

Loop::Timer Loop::at(base::MonoTime when, Callback callback) {
  const Timer timer{when, ++next_timer_};
  timers_.emplace(timer, std::move(callback));
  return timer;
}

void Loop::cancel(Timer timer) {
  timers_.erase(timer);
}

void Loop::post(Callback callback) {
  const std::lock_guard lock(mutex_);
  posted_.push_back(std::move(callback));
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t written = ::write(wake_.get(), &one, sizeof one);
}

int Loop::wait_ms() const {
  if (timers_.empty()) {
    return static_cast<int>(kWaitMsMax);
  }
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(timers_.begin()->first.first - clock_->mono());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, kWaitMsMax));
}

void Loop::run_once() {
  std::array<epoll_event, kEventsMax> events{};
  const int count = ::epoll_wait(epoll_.get(), events.data(), kEventsMax, wait_ms());
  for (int i = 0; i < count; ++i) {
    // A callback before this one may have unwatched it.
    const auto found = watched_.find(events[static_cast<std::size_t>(i)].data.fd);
    if (found != watched_.end()) {
      const std::shared_ptr<Callback> callback = found->second;
      (*callback)();
    }
  }
  fire_timers();
}

void Loop::fire_timers() {
  const base::MonoTime now = clock_->mono();
  while (!timers_.empty() && timers_.begin()->first.first <= now) {
    const Callback callback = std::move(timers_.begin()->second);
    timers_.erase(timers_.begin());
    callback();
  }
}

void Loop::take_posted() {
  std::deque<Callback> taken;
  {
    const std::lock_guard lock(mutex_);
    taken.swap(posted_);
  }
  for (const Callback& callback : taken) {
    callback();
  }
}

}  // namespace harness
