// A prefix for the keys of each worker, where databases of Redis are too few. Which runs have keys
// is kept in one hash, so that the keyspace is searched only where a killed run has left some.
#include <charconv>
#include <string_view>
#include <utility>

#include "common/base/text.h"
#include "harness/isolation/redis_connection.h"
#include "harness/isolation/siblings.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr std::string_view kRuns = "drydock:prefixes";  // run -> its last moment, ms since 1970
constexpr milliseconds kLeftoversTime{5'000};

class RedisPrefixes final : public Isolated {
 public:
  static base::Result<std::unique_ptr<Isolated>> make(const IsolationRequest& request);
  std::string remove(milliseconds budget) override;

 private:
  RedisPrefixes(const IsolationRequest& request, RedisConnection connection)
      : request_(request),
        connection_(std::move(connection)) {}

  base::Result<void> enter();
  base::Result<void> remove_leftovers(std::int64_t now);
  // How many keys went; an error also where the time was over.
  base::Result<std::int64_t> remove_keys_of(const std::string& run, Clock::time_point deadline);

  IsolationRequest request_;
  RedisConnection connection_;
};

std::int64_t number_in(std::string_view text) {
  std::int64_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number);
  return number;
}

base::Result<void> RedisPrefixes::enter() {
  const base::Result<RedisReply> time = connection_.ask({"TIME"});
  if (!time || (*time)->elements != 2) {
    return time ? base::invalid_input("TIME: not an answer of Redis") : time.error();
  }
  const std::int64_t now = number_in(text_of(*(*time)->element[0])) * 1'000;
  if (base::Result<void> removed = remove_leftovers(now); !removed) {
    return removed;
  }
  const base::Result<RedisReply> entered = connection_.ask(
      {"HSET", std::string(kRuns), request_.run, std::to_string(now + request_.lease.count())});
  return entered ? base::Result<void>() : entered.error();
}

base::Result<void> RedisPrefixes::remove_leftovers(std::int64_t now) {
  const base::Result<RedisReply> runs = connection_.ask({"HGETALL", std::string(kRuns)});
  if (!runs) {
    return runs.error();
  }
  const Clock::time_point deadline = Clock::now() + kLeftoversTime;
  for (std::size_t i = 0; i + 1 < (*runs)->elements; i += 2) {
    const std::string run(text_of(*(*runs)->element[i]));
    if (number_in(text_of(*(*runs)->element[i + 1])) >= now) {
      continue;
    }
    const base::Result<std::int64_t> gone = remove_keys_of(run, deadline);
    leftovers_.push_back(gone ? "removed " + std::to_string(*gone) + " keys of run " +
                                    base::printable(run) + ", which was killed"
                              : "left keys of run " + base::printable(run) + ": " +
                                    gone.error().message);
  }
  return {};
}

base::Result<std::int64_t> RedisPrefixes::remove_keys_of(const std::string& run,
                                                         Clock::time_point deadline) {
  std::int64_t gone = 0;
  std::string cursor = "0";
  do {
    if (Clock::now() >= deadline) {
      return base::timed_out("no time; a later run removes them");
    }
    const base::Result<RedisReply> found =
        connection_.ask({"SCAN", cursor, "MATCH", "drydock:" + run + ":*", "COUNT", "1000"});
    if (!found || (*found)->elements != 2) {
      return found ? base::invalid_input("SCAN: not an answer of Redis") : found.error();
    }
    cursor = std::string(text_of(*(*found)->element[0]));
    std::vector<std::string> words{"DEL"};
    for (std::size_t i = 0; i < (*found)->element[1]->elements; ++i) {
      words.emplace_back(text_of(*(*found)->element[1]->element[i]));
    }
    if (words.size() > 1) {
      const base::Result<RedisReply> removed = connection_.ask(words);
      if (!removed) {
        return removed.error();
      }
      gone += (*removed)->integer;
    }
  } while (cursor != "0");
  const base::Result<RedisReply> forgotten = connection_.ask({"HDEL", std::string(kRuns), run});
  return forgotten ? base::Result<std::int64_t>(gone) : forgotten.error();
}

std::string RedisPrefixes::remove(milliseconds budget) {
  const base::Result<std::int64_t> gone = remove_keys_of(request_.run, Clock::now() + budget);
  return gone ? "" : "left keys of this run: " + gone.error().message;
}

base::Result<std::unique_ptr<Isolated>> RedisPrefixes::make(const IsolationRequest& request) {
  base::Result<RedisConnection> connection = RedisConnection::open(request.url);
  if (!connection) {
    return connection.error();
  }
  std::unique_ptr<RedisPrefixes> prefixes(new RedisPrefixes(request, std::move(*connection)));
  if (!request.is_private) {
    if (const base::Result<void> entered = prefixes->enter(); !entered) {
      return entered.error();
    }
  }
  for (int worker = 0; worker < request.workers; ++worker) {
    prefixes->places_.push_back(
        {request.url, "drydock:" + request.run + ":" + std::to_string(worker) + ":"});
  }
  return std::unique_ptr<Isolated>(std::move(prefixes));
}

}  // namespace

base::Result<std::unique_ptr<Isolated>> isolate_redis_prefixes(const IsolationRequest& request) {
  return RedisPrefixes::make(request);
}

}  // namespace harness
