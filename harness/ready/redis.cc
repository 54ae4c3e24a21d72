// hiredis makes the commands and reads the replies; the socket is driven here, so that one deadline
// and one limit of bytes hold over the whole conversation, also with a peer that sends a byte a
// second.
#include <hiredis/hiredis.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/text.h"
#include "harness/config/url.h"
#include "harness/ready/probe.h"

namespace harness {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kAnswerBytesMax = 64 * 1024;
constexpr std::size_t kReasonBytesMax = 200;
constexpr int kDefaultPort = 6379;
constexpr int kDatabasesMax = 1 << 20;

struct FreeContext {
  void operator()(redisContext* context) const { redisFree(context); }
};

struct FreeReader {
  void operator()(redisReader* reader) const { redisReaderFree(reader); }
};

struct FreeReply {
  void operator()(void* reply) const { freeReplyObject(reply); }
};

using Reply = std::unique_ptr<redisReply, FreeReply>;

// One conversation with a server: a command, its reply, or why there is none.
class Conversation {
 public:
  Conversation(const std::string& host, int port, Clock::time_point deadline);

  // Set where there was no connection, or none is left.
  [[nodiscard]] const std::optional<ProbeResult>& failure() const { return failure_; }

  // Null with failure() set.
  Reply ask(const std::vector<std::string_view>& command);

 private:
  bool send(std::string_view bytes);
  Reply receive();
  bool wait_for(short events);
  std::nullptr_t fail(Readiness readiness, std::string_view reason);

  Clock::time_point deadline_;
  std::unique_ptr<redisContext, FreeContext> context_;
  std::unique_ptr<redisReader, FreeReader> reader_{redisReaderCreate()};
  std::size_t bytes_read_ = 0;
  std::optional<ProbeResult> failure_;
};

timeval left_until(Clock::time_point deadline) {
  const auto left =
      std::max(std::chrono::duration_cast<std::chrono::microseconds>(deadline - Clock::now()),
               std::chrono::microseconds(1'000));
  return {left.count() / 1'000'000, left.count() % 1'000'000};
}

Conversation::Conversation(const std::string& host, int port, Clock::time_point deadline)
    : deadline_(deadline),
      context_(redisConnectWithTimeout(host.c_str(), port, left_until(deadline))) {
  if (context_ == nullptr || reader_ == nullptr) {
    fail(Readiness::kNotYet, "out of memory");
  } else if (context_->err != 0) {
    fail(Readiness::kNotYet, context_->errstr);
  }
}

std::nullptr_t Conversation::fail(Readiness readiness, std::string_view reason) {
  failure_ = ProbeResult{readiness, base::shortened(base::printable(reason), kReasonBytesMax)};
  return nullptr;
}

bool Conversation::wait_for(short events) {
  const timeval left = left_until(deadline_);
  pollfd polled{context_->fd, events, 0};
  if (Clock::now() < deadline_ &&
      ::poll(&polled, 1, static_cast<int>(left.tv_sec * 1'000 + left.tv_usec / 1'000)) > 0) {
    return true;
  }
  fail(Readiness::kNotYet, "no answer in time");
  return false;
}

bool Conversation::send(std::string_view bytes) {
  while (!bytes.empty()) {
    if (!wait_for(POLLOUT)) {
      return false;
    }
    const ssize_t sent =
        ::send(context_->fd, bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
    if (sent < 0 && errno != EAGAIN && errno != EINTR) {
      fail(Readiness::kNotYet, base::system_error("the connection broke", errno).message);
      return false;
    }
    bytes.remove_prefix(sent > 0 ? static_cast<std::size_t>(sent) : 0);
  }
  return true;
}

Reply Conversation::receive() {
  std::array<char, 4096> block{};
  for (;;) {
    void* reply = nullptr;
    if (redisReaderGetReply(reader_.get(), &reply) != REDIS_OK) {
      return Reply(fail(Readiness::kNever,
                        "does not speak Redis' protocol: " + std::string(reader_->errstr)));
    }
    if (reply != nullptr) {
      return Reply(static_cast<redisReply*>(reply));
    }
    if (!wait_for(POLLIN)) {
      return nullptr;
    }
    const ssize_t got = ::recv(context_->fd, block.data(), block.size(), MSG_DONTWAIT);
    if (got == 0) {
      return Reply(fail(Readiness::kNotYet, "the connection was closed"));
    }
    if (got < 0 && errno != EAGAIN && errno != EINTR) {
      return Reply(
          fail(Readiness::kNotYet, base::system_error("the connection broke", errno).message));
    }
    const auto size = static_cast<std::size_t>(std::max<ssize_t>(got, 0));
    bytes_read_ += size;
    if (bytes_read_ > kAnswerBytesMax) {
      return Reply(fail(Readiness::kNever, "does not speak Redis' protocol: an endless answer"));
    }
    redisReaderFeed(reader_.get(), block.data(), size);
  }
}

Reply Conversation::ask(const std::vector<std::string_view>& command) {
  std::string bytes = "*" + std::to_string(command.size()) + "\r\n";
  for (const std::string_view word : command) {
    bytes += "$" + std::to_string(word.size()) + "\r\n";
    bytes.append(word).append("\r\n");
  }
  return send(bytes) ? receive() : nullptr;
}

std::string_view text_of(const redisReply& reply) {
  return reply.str == nullptr ? std::string_view()
                              : std::string_view(reply.str, static_cast<std::size_t>(reply.len));
}

// A server that loads its data or has lost its primary says so and will be well again. Everything
// else that it answers to AUTH, SELECT and PING stays as it is.
ProbeResult refused(const redisReply& reply) {
  const std::string_view text = text_of(reply);
  for (const std::string_view passing :
       {"LOADING", "MASTERDOWN", "BUSY", "TRYAGAIN", "CLUSTERDOWN"}) {
    if (text.starts_with(passing)) {
      return {Readiness::kNotYet, base::shortened(base::printable(text), kReasonBytesMax)};
    }
  }
  if (text.find("max number of clients") != std::string_view::npos) {
    return {Readiness::kNotYet, "its maximum of clients is reached"};
  }
  return {Readiness::kNever, base::shortened(base::printable(text), kReasonBytesMax)};
}

// "/3" is database 3; empty is 0.
std::optional<int> database_of(const UrlParts& parts) {
  const std::string_view path =
      std::string_view(parts.path).substr(0, parts.path.find_first_of("?#"));
  if (path.size() <= 1) {
    return 0;
  }
  int number = -1;
  const auto [end, code] = std::from_chars(path.data() + 1, path.data() + path.size(), number);
  if (code != std::errc{} || end != path.data() + path.size() || number < 0 ||
      number > kDatabasesMax) {
    return std::nullopt;
  }
  return number;
}

// ROLE answers ["master", ...] or ["slave", host, port, state of the link, ...]; Dragonfly says
// "replica".
ProbeResult judge_role(const redisReply& reply, ServerRole wanted) {
  const bool list = reply.type == REDIS_REPLY_ARRAY && reply.elements > 0;
  const std::string_view role = list ? text_of(*reply.element[0]) : std::string_view();
  const bool primary = role == "master";
  if (!primary && role != "slave" && role != "replica") {
    return {Readiness::kNever, "does not tell its role, which is wanted"};
  }
  if (primary && wanted == ServerRole::kReplica) {
    return {Readiness::kNotYet, "is a primary, a replica is wanted"};
  }
  if (!primary && wanted == ServerRole::kPrimary) {
    return {Readiness::kNotYet, "is a read-only replica, a primary is wanted"};
  }
  constexpr std::size_t kLinkState = 3;
  if (!primary && reply.elements > kLinkState) {
    const std::string_view link = text_of(*reply.element[kLinkState]);
    if (link != "connected" && link != "online" && link != "stable_sync") {
      return {Readiness::kNotYet, "its link to its primary is: " + base::printable(link)};
    }
  }
  return {Readiness::kReady,
          std::string("PING answered, by a ") + (primary ? "primary" : "replica")};
}

}  // namespace

ProbeResult probe_redis(const std::string& url, ServerRole role,
                        std::chrono::milliseconds timeout) {
  const UrlParts parts = split_url(url);
  if (parts.scheme == "rediss") {
    return {Readiness::kNever, "rediss:// is not supported yet"};
  }
  const std::optional<int> database = database_of(parts);
  if (parts.scheme != "redis" || parts.host.empty() || !database) {
    return {Readiness::kNever,
            "'" + masked_url(url) + "' is not redis://[user:password@]host[:port][/database]"};
  }
  Conversation conversation(parts.host, parts.port == 0 ? kDefaultPort : parts.port,
                            Clock::now() + timeout);
  std::vector<std::vector<std::string_view>> commands;
  if (!parts.password.empty()) {
    commands.push_back({"AUTH", parts.password});
    if (!parts.user.empty()) {
      commands.back().insert(commands.back().begin() + 1, parts.user);
    }
  }
  const std::string number = std::to_string(*database);
  if (*database != 0) {
    commands.push_back({"SELECT", number});
  }
  commands.push_back({"PING"});
  if (role != ServerRole::kAny) {
    commands.push_back({"ROLE"});
  }
  Reply reply;
  for (const std::vector<std::string_view>& command : commands) {
    reply = conversation.failure() ? nullptr : conversation.ask(command);
    if (reply == nullptr) {
      return *conversation.failure();
    }
    if (reply->type == REDIS_REPLY_ERROR) {
      return refused(*reply);
    }
  }
  return role == ServerRole::kAny ? ProbeResult{Readiness::kReady, "PING answered"}
                                  : judge_role(*reply, role);
}

}  // namespace harness
