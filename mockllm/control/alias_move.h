// PUT /_mock/aliases/{key}: waits for the calls that the alias has in flight, then moves it.
#pragma once

#include <string>

#include "common/base/clock.h"
#include "common/http/handler.h"
#include "mockllm/session/sessions.h"

namespace mockllm {

struct AliasMove {
  std::string key;
  std::string session;
  bool force = false;
  base::MonoTime deadline;  // 409 alias_busy after it
};

// The response where it moves at once, else a Deferred. `sessions` outlives it.
[[nodiscard]] http::Answer move_alias(Sessions& sessions, AliasMove move, base::MonoTime now,
                                      http::Waker waker);

}  // namespace mockllm
