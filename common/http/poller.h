// One epoll set for all sockets of a server, hung into Asio's loop as a single descriptor, and the
// one kernel timer that drives the tick wheel.
//
// Why not Asio's own sockets: they cost a handler, a registration call or a failed read per
// request. Here a socket is registered once, edge-triggered, for both directions, and never again.
#pragma once

#include <sys/epoll.h>

#include <array>
#include <cstdint>
#include <optional>
#include <span>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/base/file.h"

namespace http {

class Poller {
 public:
  // Does the work of one round of the loop. `events` may be empty.
  class Turn {
   public:
    virtual ~Turn() = default;
    virtual void turn(std::span<const epoll_event> events) = 0;
  };

  Poller(boost::asio::io_context& io, Turn& turn, const base::Clock& clock);

  base::Result<void> start();
  // `events` as epoll knows them; `tag` comes back with them.
  base::Result<void> add(int fd, std::uint32_t events, std::uint64_t tag);
  void modify(int fd, std::uint32_t events, std::uint64_t tag);

  // A turn no later than then. Earlier wishes stand.
  void wake_at(base::MonoTime at);
  // A turn as soon as the loop has looked at everything else.
  void turn_soon();

 private:
  static constexpr int kEventsPerTurn =
      64;  // more wait for the next turn, after the wheel has moved
  static constexpr std::uint64_t kTimerTag = UINT64_MAX;

  void wait();
  void run_turn();

  boost::asio::io_context* io_;
  Turn* turn_;
  const base::Clock* clock_;
  boost::asio::posix::stream_descriptor descriptor_;  // owns the epoll set
  base::UniqueFd timer_;
  std::optional<base::MonoTime> timer_at_;
  bool turn_posted_ = false;
};

}  // namespace http
