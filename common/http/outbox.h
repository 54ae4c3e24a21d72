// Bytes on their way to one peer, and the answers they belong to: several answers may leave in one
// write, and each learns when its own last byte was taken.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/http/buffer.h"
#include "common/http/handler.h"
#include "common/http/limits.h"

namespace http {

class Outbox {
 public:
  enum class Sent { kAll, kBlocked, kFailed };

  Outbox(BufferPool& pool, const base::Clock& clock, Stats& stats)
      : pool_(&pool),
        clock_(&clock),
        stats_(&stats) {}

  Outbox(const Outbox&) = delete;
  Outbox& operator=(const Outbox&) = delete;

  ~Outbox() { release(); }

  // Where to append. Valid until the next send().
  std::string& bytes();

  [[nodiscard]] std::size_t pending() const { return bytes_.size() - sent_; }

  // The answer whose bytes are appended next; `exchange` may be null. One at a time is open.
  void begin(std::unique_ptr<Exchange> exchange, base::MonoTime received);
  // Its last byte has been appended.
  void end();
  // Of the answer that is open; null where it needs none.
  [[nodiscard]] Exchange* exchange() const;

  // Writes until everything is out or the peer takes no more, and tells the answers that are out.
  // `progress` is set to whether the peer took anything.
  Sent send(int fd, bool& progress);
  // Tells all answers that are not out yet that the client is gone.
  void abandon();

 private:
  static constexpr std::uint64_t kOpen = UINT64_MAX;

  struct Entry {
    std::unique_ptr<Exchange> exchange;
    base::MonoTime received;
    std::uint64_t begin;
    std::uint64_t end = kOpen;
    bool started = false;
    base::MonoTime first_byte{};
  };

  [[nodiscard]] std::uint64_t queued_total() const { return sent_total_ + pending(); }

  void settle_entries();
  void compact();
  void release();

  BufferPool* pool_;
  const base::Clock* clock_;
  Stats* stats_;
  std::string bytes_;
  std::size_t sent_ = 0;  // of bytes_
  std::uint64_t sent_total_ = 0;
  std::vector<Entry> entries_;  // only answers with an exchange
  bool last_is_open_ = false;
};

}  // namespace http
