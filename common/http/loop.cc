#include "common/http/loop.h"

#include <sys/epoll.h>

#include <utility>

#include "common/http/connection.h"

namespace http {

Loop::Loop(boost::asio::io_context& io, Handler& the_handler, const Limits& the_limits,
           const base::Clock& the_clock, const base::Log& the_log)
    : handler(the_handler),
      limits(the_limits),
      clock(the_clock),
      log(the_log),
      wheel(the_clock.mono(), the_limits.tick),
      poller(io, *this, the_clock),
      drain_timer_(
          this, [](void* self, base::MonoTime /*now*/) { static_cast<Loop*>(self)->cut_all(); }) {}

Loop::~Loop() {
  for (std::unique_ptr<Connection>& connection : slots_) {
    if (connection != nullptr) {
      connection->close();
    }
  }
}

void Loop::adopt(base::UniqueFd socket, std::string peer) {
  std::uint32_t slot = static_cast<std::uint32_t>(slots_.size());
  if (free_slots_.empty()) {
    slots_.emplace_back();
  } else {
    slot = free_slots_.back();
    free_slots_.pop_back();
  }
  const bool watched =
      poller.add(socket.get(), EPOLLIN | EPOLLOUT | EPOLLRDHUP | EPOLLET, slot).has_value();
  if (!watched) {
    ++stats.connections_refused_total;
    free_slots_.push_back(slot);
    return;
  }
  ++stats.connections_open;
  ++stats.connections_total;
  slots_[slot] = std::make_unique<Connection>(*this, std::move(socket), std::move(peer), slot);
}

void Loop::schedule(Connection& connection) {
  if (!connection.scheduled) {
    connection.scheduled = true;
    scheduled_.push_back(connection.slot());
    if (!in_turn_) {
      poller.turn_soon();
    }
  }
}

void Loop::wake(Ticket ticket) {
  if (ticket.slot < slots_.size() && slots_[ticket.slot] != nullptr) {
    slots_[ticket.slot]->wake(ticket.serial);
  }
}

void Loop::retire(std::uint32_t slot) {
  --stats.connections_open;
  retired_.push_back(std::move(slots_[slot]));
  retired_slots_.push_back(slot);
}

void Loop::drain(base::MonoTime deadline) {
  draining_ = true;
  wheel.arm(drain_timer_, deadline);
  for (const std::unique_ptr<Connection>& connection : slots_) {
    if (connection != nullptr) {
      connection->look_again();
    }
  }
  poller.turn_soon();
}

void Loop::cut_all() {
  for (const std::unique_ptr<Connection>& connection : slots_) {
    if (connection != nullptr) {
      ++stats.drain_timeouts_total;
      ++stats.cut_slow_total;
      connection->cut();
    }
  }
}

void Loop::turn(std::span<const epoll_event> events) {
  in_turn_ = true;
  for (const epoll_event& event : events) {
    if (event.data.u64 == kListenerTag) {
      hooks_->on_acceptable();
    } else if (Connection* connection = slots_[event.data.u64].get(); connection != nullptr) {
      connection->on_event(event.events);
    }
  }
  wheel.advance(clock.mono());
  for (const std::uint32_t slot : std::exchange(scheduled_, {})) {
    if (Connection* connection = slots_[slot].get(); connection != nullptr) {
      connection->scheduled = false;
      connection->pump();
    }
  }
  retired_.clear();
  free_slots_.insert(free_slots_.end(), retired_slots_.begin(), retired_slots_.end());
  retired_slots_.clear();
  if (const std::optional<base::MonoTime> next = wheel.next()) {
    poller.wake_at(*next);
  }
  in_turn_ = false;
  if (!scheduled_.empty()) {
    poller.turn_soon();
  }
  hooks_->on_turn_end();
}

}  // namespace http
