#include "harness/isolation/redis_connection.h"

#include <charconv>

#include "common/base/text.h"
#include "harness/config/url.h"

namespace harness {
namespace {

constexpr int kDefaultPort = 6379;
constexpr timeval kAnswerTimeout{10, 0};
constexpr std::size_t kReasonBytesMax = 200;

}  // namespace

std::string_view text_of(const redisReply& reply) {
  return reply.str == nullptr ? std::string_view()
                              : std::string_view(reply.str, static_cast<std::size_t>(reply.len));
}

base::Result<RedisConnection> RedisConnection::open(const std::string& url) {
  const UrlParts parts = split_url(url);
  RedisConnection connection;
  // The URL was probed: "/3", "/" or nothing.
  const std::string path = parts.path.substr(0, parts.path.find_first_of("?#"));
  if (path.size() > 1) {
    std::from_chars(path.data() + 1, path.data() + path.size(), connection.database_);
  }
  connection.context_.reset(redisConnectWithTimeout(
      parts.host.c_str(), parts.port == 0 ? kDefaultPort : parts.port, kAnswerTimeout));
  if (connection.context_ == nullptr || connection.context_->err != 0) {
    return base::unavailable("no connection: " +
                             (connection.context_ == nullptr
                                  ? std::string("out of memory")
                                  : base::printable(connection.context_->errstr)));
  }
  redisSetTimeout(connection.context_.get(), kAnswerTimeout);
  if (!parts.password.empty()) {
    const base::Result<RedisReply> in = connection.ask(
        parts.user.empty() ? std::vector<std::string>{"AUTH", parts.password}
                           : std::vector<std::string>{"AUTH", parts.user, parts.password});
    if (!in) {
      return in.error();
    }
  }
  const base::Result<RedisReply> chosen =
      connection.ask({"SELECT", std::to_string(connection.database_)});
  if (!chosen) {
    return chosen.error();
  }
  return connection;
}

base::Result<RedisReply> RedisConnection::ask(const std::vector<std::string>& words) {
  std::vector<const char*> texts;
  std::vector<std::size_t> sizes;
  for (const std::string& word : words) {
    texts.push_back(word.data());
    sizes.push_back(word.size());
  }
  RedisReply reply(static_cast<redisReply*>(redisCommandArgv(
      context_.get(), static_cast<int>(words.size()), texts.data(), sizes.data())));
  if (reply == nullptr) {
    return base::unavailable("the connection broke: " + base::printable(context_->errstr));
  }
  if (reply->type == REDIS_REPLY_ERROR) {
    const std::string said =
        words.front() + ": " + base::shortened(base::printable(text_of(*reply)), kReasonBytesMax);
    return text_of(*reply).starts_with("NOPERM") ? base::permission_denied(said)
                                                 : base::invalid_input(said);
  }
  return reply;
}

}  // namespace harness
