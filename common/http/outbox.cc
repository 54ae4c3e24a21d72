#include "common/http/outbox.h"

#include <errno.h>
#include <sys/socket.h>

#include <utility>

namespace http {
namespace {

constexpr std::size_t kCompactBytes = 64 * 1024;  // below, moving what is left is not worth it

}  // namespace

std::string& Outbox::bytes() {
  if (bytes_.capacity() <= std::string().capacity()) {
    bytes_ = pool_->take_string();
  }
  return bytes_;
}

void Outbox::begin(std::unique_ptr<Exchange> exchange, base::MonoTime received) {
  last_is_open_ = exchange != nullptr;
  if (exchange != nullptr) {
    entries_.push_back({std::move(exchange), received, queued_total()});
  }
}

void Outbox::end() {
  if (last_is_open_) {
    entries_.back().end = queued_total();
    last_is_open_ = false;
  }
}

Exchange* Outbox::exchange() const {
  return last_is_open_ ? entries_.back().exchange.get() : nullptr;
}

Outbox::Sent Outbox::send(int fd, bool& progress) {
  progress = false;
  while (pending() > 0) {
    const ssize_t count = ::send(fd, bytes_.data() + sent_, pending(), MSG_NOSIGNAL);
    if (count < 0 && errno == EINTR) {
      continue;
    }
    if (count < 0) {
      if (errno != EAGAIN && errno != EWOULDBLOCK) {
        return Sent::kFailed;
      }
      settle_entries();
      compact();
      return Sent::kBlocked;
    }
    progress = true;
    sent_ += static_cast<std::size_t>(count);
    sent_total_ += static_cast<std::uint64_t>(count);
    stats_->bytes_written += static_cast<std::uint64_t>(count);
  }
  settle_entries();
  release();
  return Sent::kAll;
}

void Outbox::settle_entries() {
  if (entries_.empty()) {
    return;
  }
  const base::MonoTime now = clock_->mono();
  std::size_t out = 0;
  for (Entry& entry : entries_) {
    if (!entry.started && sent_total_ > entry.begin) {
      entry.started = true;
      entry.first_byte = now;
    }
    if (entry.end > sent_total_) {
      break;
    }
    entry.exchange->finished({entry.first_byte - entry.received, now - entry.received, false});
    entry.exchange.reset();
    ++out;
  }
  entries_.erase(entries_.begin(), entries_.begin() + static_cast<std::ptrdiff_t>(out));
}

void Outbox::abandon() {
  const base::MonoTime now = clock_->mono();
  last_is_open_ = false;
  for (Entry& entry : std::exchange(entries_, {})) {
    const base::Nanoseconds first_byte =
        entry.started ? entry.first_byte - entry.received : base::Nanoseconds::zero();
    entry.exchange->finished({first_byte, now - entry.received, true});
    entry.exchange.reset();
    ++stats_->client_gone_total;
  }
}

void Outbox::compact() {
  if (sent_ >= kCompactBytes && sent_ * 2 > bytes_.size()) {
    bytes_.erase(0, sent_);
    sent_ = 0;
  }
}

void Outbox::release() {
  sent_ = 0;
  bytes_.clear();
  if (bytes_.capacity() > std::string().capacity()) {
    pool_->give(std::exchange(bytes_, {}));
  }
}

}  // namespace http
