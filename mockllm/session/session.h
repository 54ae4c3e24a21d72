// session: everything mutable of one test attempt: added fixtures, ordinals, conversations, open
// calls.
//
// Doors: sessions.h finds the session of a request; name.h knows how sessions are named.
// May include: common/base, mockllm/conversation, mockllm/fixture. Loop thread only.
// Contract: contracts 2 (names, selection, ordinals) and 5 (aliases).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "mockllm/conversation/prompt.h"
#include "mockllm/fixture/fixture.h"
#include "mockllm/session/name.h"

namespace mockllm {

struct SessionLimits {
  std::size_t sessions_max =
      10'000;  // the oldest idle one, never `default` nor an alias's, makes room
  std::size_t aliases_max = 1'000;
  std::size_t hashes_max =
      100'000;  // distinct requests remembered per session, the oldest go first
};

// How often a request was seen, which is the entry of `replies` that it gets.
struct Ordinal {
  int value = 0;
  int client_retry = 0;
};

class Session {
 public:
  explicit Session(std::string name, std::shared_ptr<Session> parent = nullptr,
                   std::size_t hashes_max = SessionLimits{}.hashes_max);

  [[nodiscard]] const std::string& name() const { return name_; }

  // Hash of test_of(name): what its answers are seeded by, and so never of run or attempt.
  [[nodiscard]] std::uint64_t test_seed() const { return test_seed_; }

  // Whose fixtures are asked after this session's own; nullptr where none.
  [[nodiscard]] const std::shared_ptr<Session>& parent() const { return parent_; }

  // The ordinal of a request. `retry` is x-stainless-retry-count, 0 where absent; `idempotency_key`
  // may be empty. A client's retry keeps the ordinal of the attempt that it repeats, unless that
  // one was answered by an error.
  Ordinal ordinal(std::uint64_t canonical_hash, int retry, std::string_view idempotency_key);
  // Told of each answer that was an error entry or a fault of ours: the client's retry of it then
  // counts.
  void answered(std::uint64_t canonical_hash, const Ordinal& ordinal, bool by_error);

  // Fixtures added by the control API, newest set first; asked before the parent's and the shared
  // set.
  std::vector<std::shared_ptr<const FixtureSet>> fixtures;
  int calls_in_flight = 0;  // kept by OpenCall
  std::uint64_t calls_total = 0;
  // How far a test has moved this session's time on.
  std::chrono::milliseconds clock_offset{0};

  // Remembers the messages of a call, and tells whether a later one continues it: some earlier
  // call's messages are a proper prefix of these. Hashes of MessageView.
  void remember(const std::vector<MessageView>& messages);
  [[nodiscard]] bool continues(const std::vector<MessageView>& messages) const;

 private:
  // One request's attempts; of each the ordinal it got, so that a retry finds the one that it
  // repeats.
  struct Attempt {
    std::uint64_t key_hash = 0;  // of its Idempotency-Key, 0 where it had none
    int ordinal = 0;
    bool by_error = false;
  };

  struct Seen {
    int count = 0;
    std::vector<Attempt> attempts;  // the newest kAttemptsMax, oldest first
  };

  Seen& seen(std::uint64_t canonical_hash);

  std::string name_;
  std::uint64_t test_seed_ = 0;
  std::shared_ptr<Session> parent_;
  std::size_t hashes_max_;
  std::unordered_map<std::uint64_t, Seen> seen_;
  std::deque<std::uint64_t> seen_order_;
  std::unordered_map<std::uint64_t, std::uint32_t>
      conversations_;  // hash of a list of messages -> its length
  std::deque<std::uint64_t> conversations_order_;
};

}  // namespace mockllm
