// The patience half of a Connection: what it waits for, for how long, and what it does then.
#include <algorithm>
#include <chrono>

#include "common/http/connection.h"

namespace http {
namespace {

// How often a body's rate is looked at, once its grace is over.
constexpr std::chrono::milliseconds kRateCheck{1'000};

}  // namespace

Connection::Wait Connection::wait_and_deadline(base::MonoTime& deadline) const {
  const Limits& limits = loop_.limits;
  if (lingering_) {
    deadline = last_write_ + limits.linger_timeout;
    return Wait::kLinger;
  }
  if (outbox_.pending() > 0) {
    deadline = last_write_ + limits.write_timeout;
    return Wait::kWritable;
  }
  if (is_answering() || closing_) {
    return Wait::kNothing;
  }
  if (!began_) {
    deadline = idle_since_ + limits.idle_timeout;
    return Wait::kRequest;
  }
  if (!head_done_) {
    deadline = head_began_ + limits.head_timeout;
    return Wait::kHead;
  }
  const base::MonoTime next_check =
      std::max(body_began_ + limits.body_rate_grace,
               wait_ == Wait::kBody ? std::min(deadline_, now_ + kRateCheck) : now_);
  deadline = std::min(body_began_ + limits.body_timeout, next_check);
  return Wait::kBody;
}

void Connection::on_deadline() {
  if (now_ < deadline_ && wait_ != Wait::kNothing) {
    limit_timer_at_ = deadline_;
    loop_.wheel.arm(limit_timer_, deadline_);
    return;
  }
  switch (wait_) {
    case Wait::kNothing:
      return;
    case Wait::kRequest:
      ++loop_.stats.idle_closed_total;
      return close();
    case Wait::kHead:
      return time_out(loop_.stats.head_timeouts_total, "head_timeout",
                      "the head of the request did not come in time");
    case Wait::kBody:
      return on_body_deadline();
    case Wait::kWritable:
      ++loop_.stats.write_timeouts_total;
      ++loop_.stats.cut_slow_total;
      return cut();
    case Wait::kLinger:
      return close();
  }
}

void Connection::on_body_deadline() {
  const base::Nanoseconds elapsed = now_ - body_began_;
  if (elapsed >= loop_.limits.body_timeout) {
    return time_out(loop_.stats.body_timeouts_total, "body_timeout",
                    "the body of the request did not come in time");
  }
  const auto received = static_cast<double>(input_.bytes().size() - parser_.head_size());
  const double seconds = std::chrono::duration<double>(elapsed).count();
  const bool is_slow =
      elapsed >= loop_.limits.body_rate_grace &&
      received < static_cast<double>(loop_.limits.body_bytes_per_second_min) * seconds;
  if (is_slow) {
    return time_out(loop_.stats.body_rate_cuts_total, "body_bytes_per_second_min",
                    "the body of the request comes too slowly");
  }
  deadline_ = std::min(body_began_ + loop_.limits.body_timeout, now_ + kRateCheck);
  limit_timer_at_ = deadline_;
  loop_.wheel.arm(limit_timer_, deadline_);
}

void Connection::time_out(std::uint64_t& counter, std::string_view limit,
                          std::string_view message) {
  ++counter;
  ++loop_.stats.cut_slow_total;
  refuse({408, limit, message, {}});
  if (flush()) {
    settle();
  }
}

}  // namespace http
