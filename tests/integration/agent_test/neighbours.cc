#include "tests/integration/agent_test/neighbours.h"

#include <gtest/gtest.h>
#include <hiredis/hiredis.h>
#include <sys/time.h>

#include <charconv>
#include <string_view>

#include "tests/integration/agent_test/deck.h"

namespace agent_test {
namespace {

constexpr timeval kCacheTimeout{5, 0};

struct RedisPlace {
  std::string password;
  std::string host;
  int port = 6379;
};

// Of "redis://[user]:password@host:port/0".
RedisPlace parse_redis_url(std::string_view url) {
  RedisPlace place;
  if (const std::size_t scheme = url.find("://"); scheme != std::string_view::npos) {
    url.remove_prefix(scheme + 3);
  }
  url = url.substr(0, url.find('/'));
  if (const std::size_t at = url.rfind('@'); at != std::string_view::npos) {
    const std::string_view login = url.substr(0, at);
    place.password = login.substr(login.find(':') + 1);
    url.remove_prefix(at + 1);
  }
  const std::size_t colon = url.rfind(':');
  place.host = url.substr(0, colon);
  if (colon != std::string_view::npos) {
    std::from_chars(url.data() + colon + 1, url.data() + url.size(), place.port);
  }
  return place;
}

}  // namespace

pqxx::row query_row(const std::string& sql, const std::string& parameter) {
  pqxx::connection connection(required_variable("DATABASE_URL"));
  pqxx::work work(connection);
  // Put in by hand: how a parameter is passed differs between libpqxx 7.7 and 7.10.
  std::string statement = sql;
  statement.replace(statement.find("$1"), 2, work.quote(parameter));
  const pqxx::result result = work.exec(statement);
  EXPECT_EQ(result.size(), 1) << statement;
  return result.at(0);
}

Cache::Cache() : context_(nullptr, redisFree) {
  const RedisPlace place = parse_redis_url(required_variable("REDIS_URL"));
  context_.reset(redisConnectWithTimeout(place.host.c_str(), place.port, kCacheTimeout));
  if (context_ == nullptr || context_->err != 0) {
    ADD_FAILURE() << "Redis does not answer at " << place.host << ":" << place.port;
    context_.reset();
    return;
  }
  if (!place.password.empty()) {
    command({"AUTH", place.password});
  }
}

void Cache::set(const std::string& key, const std::string& value, int seconds) {
  command({"SET", key, value, "EX", std::to_string(seconds)});
}

void Cache::remove(const std::string& key) {
  command({"DEL", key});
}

void Cache::command(const std::vector<std::string>& words) {
  if (context_ == nullptr) {
    return;
  }
  std::vector<const char*> values;
  std::vector<std::size_t> lengths;
  for (const std::string& word : words) {
    values.push_back(word.data());
    lengths.push_back(word.size());
  }
  const std::unique_ptr<void, void (*)(void*)> owned(
      redisCommandArgv(context_.get(), static_cast<int>(words.size()), values.data(),
                       lengths.data()),
      freeReplyObject);
  const auto* reply = static_cast<const redisReply*>(owned.get());
  if (reply == nullptr || reply->type == REDIS_REPLY_ERROR) {
    ADD_FAILURE() << "Redis refuses " << words.front() << ": "
                  << (reply != nullptr ? reply->str : "no answer");
  }
}

}  // namespace agent_test
