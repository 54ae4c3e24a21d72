#include "common/http/poller.h"

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include <algorithm>
#include <cstddef>

#include <boost/asio/post.hpp>

namespace http {

Poller::Poller(boost::asio::io_context& io, Turn& turn, const base::Clock& clock)
    : io_(&io),
      turn_(&turn),
      clock_(&clock),
      descriptor_(io) {}

base::Result<void> Poller::start() {
  base::UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
  timer_ = base::UniqueFd(::timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC));
  if (!epoll.valid() || !timer_.valid()) {
    return base::system_error("cannot make the event loop", errno);
  }
  boost::system::error_code error;
  descriptor_.assign(epoll.get(), error);
  if (error) {
    return base::system_error("cannot make the event loop", error.value());
  }
  static_cast<void>(epoll.release());
  if (base::Result<void> added = add(timer_.get(), EPOLLIN | EPOLLET, kTimerTag); !added) {
    return added;
  }
  wait();
  return {};
}

base::Result<void> Poller::add(int fd, std::uint32_t events, std::uint64_t tag) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  if (::epoll_ctl(descriptor_.native_handle(), EPOLL_CTL_ADD, fd, &event) != 0) {
    return base::system_error("cannot watch a socket", errno);
  }
  return {};
}

void Poller::modify(int fd, std::uint32_t events, std::uint64_t tag) {
  epoll_event event{};
  event.events = events;
  event.data.u64 = tag;
  ::epoll_ctl(descriptor_.native_handle(), EPOLL_CTL_MOD, fd, &event);
}

void Poller::wait() {
  descriptor_.async_wait(boost::asio::posix::descriptor_base::wait_read,
                         [this](const boost::system::error_code& error) {
                           if (!error) {
                             run_turn();
                             wait();
                           }
                         });
}

void Poller::turn_soon() {
  if (turn_posted_) {
    return;
  }
  turn_posted_ = true;
  boost::asio::post(*io_, [this] {
    turn_posted_ = false;
    run_turn();
  });
}

void Poller::run_turn() {
  std::array<epoll_event, kEventsPerTurn> events;
  const int count = ::epoll_wait(descriptor_.native_handle(), events.data(), kEventsPerTurn, 0);
  const auto begin = events.begin();
  auto end = begin + std::max(count, 0);
  const auto timer = std::find_if(
      begin, end, [](const epoll_event& event) { return event.data.u64 == kTimerTag; });
  if (timer != end) {
    timer_at_.reset();
    *timer = *--end;
  }
  turn_->turn({events.data(), static_cast<std::size_t>(end - begin)});
}

void Poller::wake_at(base::MonoTime at) {
  if (timer_at_ && *timer_at_ <= at) {
    return;
  }
  timer_at_ = at;
  const base::Nanoseconds wait = std::max(at - clock_->mono(), base::Nanoseconds(1));
  itimerspec when{};
  when.it_value.tv_sec = std::chrono::duration_cast<std::chrono::seconds>(wait).count();
  when.it_value.tv_nsec = (wait % std::chrono::seconds(1)).count();
  ::timerfd_settime(timer_.get(), 0, &when, nullptr);
}

}  // namespace http
