// journal: what was asked, what matched, what was sent. Tests assert on it, and the harness shows
// it beside a failing test. Bounded by bytes and by count; what fell out is counted, never silent.
//
// May include: common/base, mockllm/conversation. Loop thread only.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "mockllm/conversation/prompt.h"
#include "mockllm/conversation/reply.h"
#include "mockllm/conversation/selected_by.h"

namespace mockllm {

enum class Outcome { kFixture, kCassette, kAuto, kUpstream, kMiss, kInvalid, kFault };
std::string_view name_of(Outcome outcome);

struct NearestEntry {
  std::string fixture;
  double score = 0;

  struct Line {
    std::string field, expected, actual;
  };

  std::vector<Line> differences;
};

// One call. Written at handle(), completed at finished(). `request` keeps the raw body: it is
// parsed and its sha256 taken when somebody reads the journal, not on the path of the call.
struct Call {
  std::uint64_t seq = 0;
  std::string session;
  SelectedBy selected_by = SelectedBy::kDefault;
  base::WallTime at{};
  Endpoint endpoint = Endpoint::kChat;
  std::string model;
  bool stream = false;
  std::string request;
  int ordinal = 0;
  int client_retry = 0;
  Outcome outcome = Outcome::kMiss;
  std::string source;
  std::vector<NearestEntry> nearest;
  int status = 200;
  std::shared_ptr<const Reply> reply;  // null where nothing was said
  std::optional<Usage> usage;
  double first_byte_ms = 0;
  double total_ms = 0;
  bool client_gone = false;
  bool open = true;  // finished() has not been called yet
};

struct JournalLimits {
  std::size_t calls_max = 10'000;
  std::size_t bytes_max = 256 * 1024 * 1024;
};

class Journal {
 public:
  explicit Journal(JournalLimits limits) : limits_(limits) {}

  // Gives the call its seq and returns it.
  std::uint64_t add(Call&& call);
  // nullptr where it fell out of the ring.
  [[nodiscard]] Call* find(std::uint64_t seq);

  // The call has ended: `fill` sets its last fields, and every follower is told of it. Nothing
  // happens where it fell out of the ring.
  template <typename Fill>
  void finish(std::uint64_t seq, Fill fill) {
    if (Entry* entry = find_entry(seq); entry != nullptr) {
      fill(entry->call);
      finish_entry(*entry);
    }
  }

  // The calls of one session, or of all where `session` is empty, oldest first, as contracts 5:
  // {"calls": [...], "dropped": N}.
  [[nodiscard]] std::string to_json(std::string_view session) const;
  // One line. A finished call has contracts 5's keys; one that is under way has "open": true
  // besides.
  [[nodiscard]] static std::string to_json(const Call& call);
  // Calls `visit` for each call of the session, or of all where it is empty, oldest first.
  void visit(std::string_view session, const std::function<void(const Call& call)>& visit) const;
  void erase(std::string_view session);
  void clear();

  [[nodiscard]] std::size_t size() const { return entries_.size(); }

  [[nodiscard]] std::uint64_t dropped() const { return dropped_; }

  // Of one session, for as long as it is among the kDroppedSessionsMax first that lost calls.
  [[nodiscard]] std::uint64_t dropped(std::string_view session) const;

  // For /_mock/journal?follow=1. The callback is called with each finished call's JSON until
  // unfollowed.
  using Follower = std::function<void(const std::string& json)>;
  std::uint64_t follow(Follower follower);
  void unfollow(std::uint64_t id);

 private:
  struct Entry {
    Call call;
    std::size_t bytes = 0;
  };

  static constexpr std::size_t kDroppedSessionsMax = 10'000;

  void drop_oldest();
  [[nodiscard]] Entry* find_entry(std::uint64_t seq);
  void finish_entry(Entry& entry);

  JournalLimits limits_;
  std::deque<Entry> entries_;  // by seq, with gaps where a session was erased
  std::size_t bytes_ = 0;
  std::uint64_t next_seq_ = 1;
  std::uint64_t dropped_ = 0;
  std::map<std::string, std::uint64_t, std::less<>> dropped_by_session_;
  std::map<std::uint64_t, Follower> followers_;
  std::uint64_t next_follower_ = 1;
};

}  // namespace mockllm
