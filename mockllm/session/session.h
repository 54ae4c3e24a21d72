// session: everything mutable of one test attempt (added fixtures, ordinals, calls in flight), and the way
// from a request to its session.
//
// May include: common/base, mockllm/conversation, mockllm/fixture. Loop thread only.
// Contract: contracts 2 (names, selection, ordinals, aliases).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "mockllm/fixture/fixture.h"

namespace mockllm {

inline constexpr std::size_t kSessionNameBytesMax = 128;

struct SessionLimits {
  std::size_t sessions_max = 10'000;   // the oldest idle one, never `default`, makes room
  std::size_t aliases_max = 1'000;
  std::size_t hashes_max = 100'000;    // distinct requests remembered per session
};

// The part of a session's name that seeds what it answers: the test of "<run>.<test>.<attempt>", any other
// name as a whole.
std::string_view test_of(std::string_view session_name);
[[nodiscard]] bool is_session_name(std::string_view name);

// How often a request was seen, and which entry of `replies` it gets.
struct Ordinal {
  int value = 0;
  int client_retry = 0;
};

class Session {
 public:
  explicit Session(std::string name);
  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] std::uint64_t test_seed() const { return test_seed_; }  // hash of test_of(name)

  // The ordinal of a request: contracts 2. `retry` is x-stainless-retry-count, `idempotency_key` may be empty.
  Ordinal ordinal(std::uint64_t canonical_hash, int retry, std::string_view idempotency_key);
  // Told after each answer: an error entry or a fault of ours makes the client's next retry count.
  void answered(std::uint64_t canonical_hash, bool by_error);

  // Fixtures added by the control API, newest set first; asked before the shared set.
  std::vector<std::shared_ptr<const FixtureSet>> fixtures;
  int calls_in_flight = 0;
  std::uint64_t calls_total = 0;
  std::chrono::milliseconds clock_offset{0};

  // Remembers the messages of a call, and tells whether a later one continues it: some earlier call's
  // messages are a proper prefix of these. Hashes of MessageView.
  void remember(const std::vector<MessageView>& messages);
  [[nodiscard]] bool continues(const std::vector<MessageView>& messages) const;

 private:
  struct Seen;
  std::string name_;
  std::uint64_t test_seed_ = 0;
  std::unordered_map<std::uint64_t, std::shared_ptr<Seen>> seen_;
  std::unordered_map<std::uint64_t, std::uint32_t> conversations_;  // hash of a message list -> its length
};

// What a request says about its session; empty where it says nothing.
struct SelectionInput {
  std::string_view prefix;   // of the URL
  std::string_view header;   // x-mock-session
  std::string_view baggage;  // the whole header
  std::string_view key;      // the bearer token
};

enum class SelectedBy;

class Sessions {
 public:
  explicit Sessions(SessionLimits limits);

  struct Selection {
    std::shared_ptr<Session> session;
    SelectedBy selected_by;
  };
  // Makes the session that is named. kInvalidInput: a name that is none, or two that disagree (the message
  // then starts with "session_conflict").
  base::Result<Selection> select(const SelectionInput& input, const std::vector<MessageView>& messages);

  base::Result<std::shared_ptr<Session>> make(std::string_view name, std::string_view parent);
  [[nodiscard]] std::shared_ptr<Session> find(std::string_view name) const;
  bool erase(std::string_view name);
  void reset();  // all sessions and aliases but `default`, which is emptied
  [[nodiscard]] std::vector<std::string> names() const;

  // Points a key at a session. kUnavailable where a call by this alias is in flight and not `force`.
  base::Result<void> point_alias(std::string_view key, std::string_view session, bool force);
  bool erase_alias(std::string_view key);

 private:
  struct Alias;
  SessionLimits limits_;
  std::unordered_map<std::string, std::shared_ptr<Session>> sessions_;
  std::unordered_map<std::string, Alias> aliases_;
};

}  // namespace mockllm
