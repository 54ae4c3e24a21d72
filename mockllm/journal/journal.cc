#include "mockllm/journal/journal.h"

#include <algorithm>
#include <utility>

namespace mockllm {
namespace {

// What a call keeps besides its texts: the deque's slot and its strings' own heads.
constexpr std::size_t kCallBytes = sizeof(Call) + 256;

std::size_t bytes_of(const NearestEntry& entry) {
  std::size_t bytes = sizeof(entry) + entry.fixture.size();
  for (const NearestEntry::Line& line : entry.differences) {
    bytes += sizeof(line) + line.field.size() + line.expected.size() + line.actual.size();
  }
  return bytes;
}

// A fixture's reply is shared by all of its calls and so not counted; a recorded or live one is
// read from bytes for this call alone.
std::size_t bytes_of_reply(const Call& call) {
  if (call.reply == nullptr || call.outcome == Outcome::kFixture) {
    return 0;
  }
  std::size_t bytes = 0;
  for (const ReplyChoice& choice : call.reply->choices) {
    bytes += choice.text.value_or("").size() + choice.reasoning.value_or("").size();
    for (const ToolCall& tool_call : choice.tool_calls) {
      bytes += sizeof(tool_call) + tool_call.name.size() + tool_call.arguments.size();
    }
  }
  return bytes;
}

std::size_t bytes_of(const Call& call) {
  std::size_t bytes = kCallBytes + call.session.size() + call.model.size() + call.request.size() +
                      call.source.size() + bytes_of_reply(call);
  for (const NearestEntry& entry : call.nearest) {
    bytes += bytes_of(entry);
  }
  return bytes;
}

}  // namespace

std::string_view name_of(Outcome outcome) {
  switch (outcome) {
    case Outcome::kFixture:
      return "fixture";
    case Outcome::kCassette:
      return "cassette";
    case Outcome::kAuto:
      return "auto";
    case Outcome::kUpstream:
      return "upstream";
    case Outcome::kMiss:
      return "miss";
    case Outcome::kInvalid:
      return "invalid";
    case Outcome::kFault:
      return "fault";
  }
  return "miss";
}

std::uint64_t Journal::add(Call&& call) {
  call.seq = next_seq_++;
  const std::size_t bytes = bytes_of(call);
  bytes_ += bytes;
  entries_.push_back({std::move(call), bytes});
  // The newest call stays even where it alone is over the limit: it is the one that is asked for.
  while (entries_.size() > 1 &&
         (entries_.size() > limits_.calls_max || bytes_ > limits_.bytes_max)) {
    drop_oldest();
  }
  return next_seq_ - 1;
}

void Journal::drop_oldest() {
  const Entry& oldest = entries_.front();
  ++dropped_;
  const auto counted = dropped_by_session_.find(oldest.call.session);
  if (counted != dropped_by_session_.end()) {
    ++counted->second;
  } else if (dropped_by_session_.size() < kDroppedSessionsMax) {
    dropped_by_session_.emplace(oldest.call.session, 1);
  }
  bytes_ -= oldest.bytes;
  entries_.pop_front();
}

Journal::Entry* Journal::find_entry(std::uint64_t seq) {
  // As far behind the first as its seq is, where no session between them was erased.
  const std::uint64_t first = entries_.empty() ? seq : entries_.front().call.seq;
  if (seq - first < entries_.size() && entries_[seq - first].call.seq == seq) {
    return &entries_[seq - first];
  }
  const auto found = std::lower_bound(
      entries_.begin(), entries_.end(), seq,
      [](const Entry& entry, std::uint64_t wanted) { return entry.call.seq < wanted; });
  return found == entries_.end() || found->call.seq != seq ? nullptr : &*found;
}

Call* Journal::find(std::uint64_t seq) {
  Entry* entry = find_entry(seq);
  return entry == nullptr ? nullptr : &entry->call;
}

void Journal::finish_entry(Entry& entry) {
  entry.call.open = false;
  const std::size_t bytes = bytes_of(entry.call);
  bytes_ += bytes - entry.bytes;
  entry.bytes = bytes;
  if (followers_.empty()) {
    return;
  }
  const std::string json = to_json(entry.call);
  // A follower may leave while it is told.
  const std::map<std::uint64_t, Follower> followers = followers_;
  for (const auto& [id, follower] : followers) {
    if (followers_.contains(id)) {
      follower(json);
    }
  }
}

void Journal::visit(std::string_view session,
                    const std::function<void(const Call& call)>& visit) const {
  for (const Entry& entry : entries_) {
    if (session.empty() || entry.call.session == session) {
      visit(entry.call);
    }
  }
}

std::string Journal::to_json(std::string_view session) const {
  std::string json = "{\"calls\":[";
  bool first = true;
  visit(session, [&](const Call& call) {
    json += first ? "" : ",";
    json += to_json(call);
    first = false;
  });
  json += "],\"dropped\":" + std::to_string(session.empty() ? dropped_ : dropped(session)) + "}";
  return json;
}

std::uint64_t Journal::dropped(std::string_view session) const {
  const auto counted = dropped_by_session_.find(session);
  return counted == dropped_by_session_.end() ? 0 : counted->second;
}

void Journal::erase(std::string_view session) {
  std::erase_if(entries_, [&](const Entry& entry) {
    const bool goes = entry.call.session == session;
    bytes_ -= goes ? entry.bytes : 0;
    return goes;
  });
  const auto counted = dropped_by_session_.find(session);
  if (counted != dropped_by_session_.end()) {
    dropped_by_session_.erase(counted);
  }
}

void Journal::clear() {
  entries_.clear();
  bytes_ = 0;
  dropped_ = 0;
  dropped_by_session_.clear();
}

std::uint64_t Journal::follow(Follower follower) {
  followers_.emplace(next_follower_, std::move(follower));
  return next_follower_++;
}

void Journal::unfollow(std::uint64_t id) {
  followers_.erase(id);
}

}  // namespace mockllm
