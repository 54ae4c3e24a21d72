#include "mockllm/session/session.h"

#include <algorithm>
#include <functional>
#include <utility>

#include "common/base/random.h"

namespace mockllm {
namespace {

// Attempts remembered per request: more than a client's retries and the identical calls it makes at
// once.
constexpr std::size_t kAttemptsMax = 16;

// FNV-1a: the same on every machine, because answers are seeded by it.
std::uint64_t stable_hash(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text) {
    hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001B3U;
  }
  return hash;
}

// Of the list that is `so_far` and then `message`.
std::uint64_t extended(std::uint64_t so_far, const MessageView& message) {
  return base::mix(so_far, message.hash);
}

// Makes room for one more key of `map` by forgetting the oldest.
template <typename Map>
void forget_oldest(Map& map, std::deque<std::uint64_t>& order, std::size_t most) {
  while (!order.empty() && map.size() >= most) {
    map.erase(order.front());
    order.pop_front();
  }
}

}  // namespace

Session::Session(std::string name, std::shared_ptr<Session> parent, std::size_t hashes_max)
    : name_(std::move(name)),
      test_seed_(stable_hash(test_of(name_))),
      parent_(std::move(parent)),
      hashes_max_(hashes_max) {}

Session::Seen& Session::seen(std::uint64_t canonical_hash) {
  const auto known = seen_.find(canonical_hash);
  if (known != seen_.end()) {
    return known->second;
  }
  forget_oldest(seen_, seen_order_, hashes_max_);
  seen_order_.push_back(canonical_hash);
  return seen_[canonical_hash];
}

Ordinal Session::ordinal(std::uint64_t canonical_hash, int retry,
                         std::string_view idempotency_key) {
  Seen& request = seen(canonical_hash);
  // Never 0, which stands for "none".
  const std::uint64_t key_hash = idempotency_key.empty() ? 0 : stable_hash(idempotency_key) | 1U;
  const auto repeated =
      std::find_if(request.attempts.rbegin(), request.attempts.rend(), [&](const Attempt& attempt) {
        return key_hash != 0 ? attempt.key_hash == key_hash : retry > 0;
      });
  const bool is_repeat = repeated != request.attempts.rend();
  const int client_retry = is_repeat ? std::max(retry, 1) : retry;
  if (is_repeat && !repeated->by_error) {
    return {repeated->ordinal, client_retry};
  }
  if (request.attempts.size() >= kAttemptsMax) {
    request.attempts.erase(request.attempts.begin());
  }
  request.attempts.push_back({key_hash, request.count, false});
  return {request.count++, client_retry};
}

void Session::answered(std::uint64_t canonical_hash, const Ordinal& ordinal, bool by_error) {
  const auto known = seen_.find(canonical_hash);
  if (known == seen_.end()) {
    return;
  }
  for (Attempt& attempt : known->second.attempts) {
    if (attempt.ordinal == ordinal.value) {
      attempt.by_error = by_error;
    }
  }
}

void Session::remember(const std::vector<MessageView>& messages) {
  if (messages.empty()) {
    return;
  }
  std::uint64_t hash = 0;
  for (const MessageView& message : messages) {
    hash = extended(hash, message);
  }
  if (conversations_.contains(hash)) {
    return;
  }
  forget_oldest(conversations_, conversations_order_, hashes_max_);
  conversations_order_.push_back(hash);
  conversations_[hash] = static_cast<std::uint32_t>(messages.size());
}

bool Session::continues(const std::vector<MessageView>& messages) const {
  std::uint64_t hash = 0;
  for (std::size_t i = 0; i + 1 < messages.size(); ++i) {
    hash = extended(hash, messages[i]);
    const auto known = conversations_.find(hash);
    if (known != conversations_.end() && known->second == i + 1) {
      return true;
    }
  }
  return false;
}

}  // namespace mockllm
