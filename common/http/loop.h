// What all connections of one server share: its parts, its counters, and the list of those to look
// at once more before the loop waits.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/http/buffer.h"
#include "common/http/handler.h"
#include "common/http/limits.h"
#include "common/http/poller.h"
#include "common/http/response_writer.h"
#include "common/http/wheel.h"

namespace http {

class Connection;

// Names one request on one connection for as long as its answer is under way.
struct Ticket {
  std::uint32_t slot = 0;
  std::uint32_t serial = 0;
};

class Loop final : public Poller::Turn {
 public:
  Loop(boost::asio::io_context& io, Handler& handler, const Limits& limits,
       const base::Clock& clock, const base::Log& log);
  ~Loop() override;

  Handler& handler;
  const Limits limits;
  const base::Clock& clock;
  const base::Log& log;
  Stats stats;
  Wheel wheel;
  BufferPool pool;
  DateLine date;
  Poller poller;
  std::string scratch;  // for one call of Exchange::next at a time

  // Takes over an accepted socket. The peer is as in Request::peer.
  void adopt(base::UniqueFd socket, std::string peer);
  // Looks at the connection again in this turn or the next, not from within the caller.
  void schedule(Connection& connection);
  // For the Waker of a request.
  void wake(Ticket ticket);
  // The connection is over: it is forgotten now and destroyed after the turn.
  void retire(std::uint32_t slot);

  // No connection is kept open for a next request from here on; at `deadline` all are cut.
  void drain(base::MonoTime deadline);

  [[nodiscard]] bool draining() const { return draining_; }

  [[nodiscard]] bool empty() const { return stats.connections_open == 0; }

  // Called for events of descriptors that are not connections, and after each turn.
  class Hooks {
   public:
    virtual ~Hooks() = default;
    virtual void on_acceptable() = 0;
    virtual void on_turn_end() = 0;
  };

  void set_hooks(Hooks& hooks) { hooks_ = &hooks; }

  static constexpr std::uint64_t kListenerTag = UINT64_MAX - 1;

 private:
  void turn(std::span<const epoll_event> events) override;
  void cut_all();

  Hooks* hooks_ = nullptr;
  std::vector<std::unique_ptr<Connection>> slots_;
  std::vector<std::uint32_t> free_slots_;
  std::vector<std::unique_ptr<Connection>> retired_;
  std::vector<std::uint32_t>
      retired_slots_;  // used again only after the turn: old events may name them
  std::vector<std::uint32_t> scheduled_;
  Timer drain_timer_;
  bool draining_ = false;
  bool in_turn_ = false;
};

}  // namespace http
