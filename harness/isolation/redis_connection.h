// A connection to Redis that asks and waits, with a deadline for each answer. Private to the room.
#pragma once

#include <hiredis/hiredis.h>

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace harness {

struct FreeRedisReply {
  void operator()(redisReply* reply) const { freeReplyObject(reply); }
};

using RedisReply = std::unique_ptr<redisReply, FreeRedisReply>;

std::string_view text_of(const redisReply& reply);

class RedisConnection {
 public:
  // Logged in, in the URL's database.
  static base::Result<RedisConnection> open(const std::string& url);

  // An error of the server is kPermissionDenied where it says that the user may not, kInvalidInput
  // else; a broken connection is kUnavailable.
  base::Result<RedisReply> ask(const std::vector<std::string>& words);

  [[nodiscard]] int database() const { return database_; }  // the URL's

 private:
  struct FreeContext {
    void operator()(redisContext* context) const { redisFree(context); }
  };

  RedisConnection() = default;

  std::unique_ptr<redisContext, FreeContext> context_;
  int database_ = 0;
};

}  // namespace harness
