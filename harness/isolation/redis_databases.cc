// Databases of Redis by number. On a server that others use too, a number is claimed by a key with
// an expiry in the URL's own database, and a key inside of the claimed one says whose it is: only
// what carries that is ever flushed.
#include <string_view>
#include <utility>

#include "common/base/text.h"
#include "harness/config/url.h"
#include "harness/isolation/redis_connection.h"
#include "harness/isolation/siblings.h"

namespace harness {
namespace {

constexpr int kDatabasesMax = 4'096;  // that are looked at
constexpr std::string_view kOwner = "drydock:run";

std::string claim_of(int number) {
  return "drydock:isolation:" + std::to_string(number);
}

class RedisDatabases final : public Isolated {
 public:
  static base::Result<std::unique_ptr<Isolated>> make(const IsolationRequest& request);
  std::string remove(std::chrono::milliseconds budget) override;

 private:
  RedisDatabases(const IsolationRequest& request, RedisConnection connection)
      : request_(request),
        connection_(std::move(connection)) {}

  base::Result<void> claim_all();
  base::Result<bool> claim(int number);
  base::Result<bool> make_empty(int number);
  base::Result<void> give_back(int number);

  base::Result<RedisReply> ask_in(int database, const std::vector<std::string>& words) {
    const base::Result<RedisReply> chosen = connection_.ask({"SELECT", std::to_string(database)});
    return chosen ? connection_.ask(words) : chosen.error();
  }

  IsolationRequest request_;
  RedisConnection connection_;
  std::vector<int> claimed_;
};

// True where it is ours now, and empty but for our mark.
base::Result<bool> RedisDatabases::claim(int number) {
  if (request_.is_private) {
    return true;
  }
  const base::Result<RedisReply> claimed = ask_in(
      connection_.database(),
      {"SET", claim_of(number), request_.run, "NX", "PX", std::to_string(request_.lease.count())});
  if (!claimed) {
    return claimed.error();
  }
  if ((*claimed)->type == REDIS_REPLY_NIL) {
    return false;  // another run's
  }
  base::Result<bool> empty = make_empty(number);
  if (!empty || !*empty) {
    const base::Result<RedisReply> ignored =
        ask_in(connection_.database(), {"DEL", claim_of(number)});
    return empty;
  }
  const base::Result<RedisReply> marked =
      ask_in(number, {"SET", std::string(kOwner), request_.run});
  return marked ? base::Result<bool>(true) : marked.error();
}

// False where it holds what no run is known to have left.
base::Result<bool> RedisDatabases::make_empty(int number) {
  const base::Result<RedisReply> size = ask_in(number, {"DBSIZE"});
  if (!size) {
    return size.error();
  }
  if ((*size)->integer == 0) {
    return true;
  }
  const base::Result<RedisReply> owner = connection_.ask({"GET", std::string(kOwner)});
  if (!owner || (*owner)->type != REDIS_REPLY_STRING) {
    return false;
  }
  const base::Result<RedisReply> flushed = connection_.ask({"FLUSHDB"});
  if (!flushed) {
    return flushed.error();
  }
  leftovers_.push_back("flushed database " + std::to_string(number) + ", left by run " +
                       base::printable(text_of(**owner)) + ", which was killed");
  return true;
}

base::Result<void> RedisDatabases::claim_all() {
  int number = 0;
  for (; number < kDatabasesMax && places_.size() < static_cast<std::size_t>(request_.workers);
       ++number) {
    if (number == connection_.database()) {
      continue;
    }
    const base::Result<RedisReply> there = connection_.ask({"SELECT", std::to_string(number)});
    if (!there && there.error().kind == base::ErrorKind::kInvalidInput) {
      break;  // past the last
    }
    const base::Result<bool> ours = there ? claim(number) : there.error();
    if (!ours) {
      return ours.error();
    }
    if (*ours) {
      claimed_.push_back(number);
      places_.push_back({with_database(request_.url, std::to_string(number)), ""});
    }
  }
  if (places_.size() == static_cast<std::size_t>(request_.workers)) {
    return {};
  }
  return base::invalid_input(
      "a database for each of " + std::to_string(request_.workers) +
      " workers (isolation: database) is wanted, and of the server's " + std::to_string(number) +
      " only " + std::to_string(places_.size()) +
      " are free and empty; remedy: fewer --jobs, more `databases` in its configuration, or "
      "isolation: prefix");
}

base::Result<void> RedisDatabases::give_back(int number) {
  const base::Result<RedisReply> holder = ask_in(connection_.database(), {"GET", claim_of(number)});
  if (!holder) {
    return holder.error();
  }
  if (text_of(**holder) != request_.run) {
    return {};  // the lease is over and the number somebody else's
  }
  for (const auto& [database, words] :
       {std::pair(number, std::vector<std::string>{"FLUSHDB"}),
        std::pair(connection_.database(), std::vector<std::string>{"DEL", claim_of(number)})}) {
    if (const base::Result<RedisReply> done = ask_in(database, words); !done) {
      return done.error();
    }
  }
  return {};
}

std::string RedisDatabases::remove(std::chrono::milliseconds budget) {
  std::string left;
  const auto deadline = std::chrono::steady_clock::now() + budget;
  for (const int number : claimed_) {
    const base::Result<void> back = std::chrono::steady_clock::now() < deadline
                                        ? give_back(number)
                                        : base::timed_out("no time; a later run flushes it");
    if (!back) {
      left += (left.empty() ? "" : "; ") +
              ("left database " + std::to_string(number) + ": " + back.error().message);
    }
  }
  claimed_.clear();
  return left;
}

base::Result<std::unique_ptr<Isolated>> RedisDatabases::make(const IsolationRequest& request) {
  base::Result<RedisConnection> connection = RedisConnection::open(request.url);
  if (!connection) {
    return connection.error();
  }
  std::unique_ptr<RedisDatabases> databases(new RedisDatabases(request, std::move(*connection)));
  if (const base::Result<void> claimed = databases->claim_all(); !claimed) {
    if (!request.is_private) {
      databases->remove(request.lease);
    }
    return claimed.error();
  }
  return std::unique_ptr<Isolated>(std::move(databases));
}

}  // namespace

base::Result<std::unique_ptr<Isolated>> isolate_redis_databases(const IsolationRequest& request) {
  return RedisDatabases::make(request);
}

}  // namespace harness
