#include "mockllm/control/alias_move.h"

#include <memory>
#include <optional>
#include <utility>

#include "common/base/text.h"
#include "mockllm/control/answers.h"

namespace mockllm {
namespace {

class WaitingMove final : public http::Deferred {
 public:
  WaitingMove(Sessions& sessions, AliasMove move, http::Waker waker)
      : sessions_(sessions),
        move_(std::move(move)),
        waker_(std::move(waker)) {}

  std::optional<http::Response> poll(base::MonoTime now, base::MonoTime& again) override {
    const base::Result<void> moved = sessions_.point_alias(move_.key, move_.session, move_.force);
    if (moved) {
      return json_response(200, "{\"alias\":" + base::json_quoted(move_.key) +
                                    ",\"session\":" + base::json_quoted(move_.session) + "}");
    }
    const std::shared_ptr<Tenure> tenure = sessions_.tenure_of(move_.key);
    const bool busy = moved.error().kind == base::ErrorKind::kUnavailable && tenure != nullptr &&
                      tenure->calls_in_flight > 0 && !move_.force;
    if (!busy) {
      const bool full = moved.error().kind == base::ErrorKind::kUnavailable;
      return error_response(full ? 503 : 400, full ? "limit_reached" : "invalid_request",
                            moved.error().message);
    }
    if (now >= move_.deadline) {
      return error_response(409, "alias_busy", moved.error().message);
    }
    again = move_.deadline;
    wait_for(*tenure);
    return std::nullopt;
  }

 private:
  // Once per tenure: polls that come early add nothing.
  void wait_for(Tenure& tenure) {
    if (*waiting_) {
      return;
    }
    *waiting_ = true;
    tenure.waiting.emplace_back([waiting = waiting_, waker = waker_] {
      *waiting = false;
      waker();
    });
  }

  Sessions& sessions_;
  AliasMove move_;
  http::Waker waker_;
  std::shared_ptr<bool> waiting_ = std::make_shared<bool>(false);
};

}  // namespace

http::Answer move_alias(Sessions& sessions, AliasMove move, base::MonoTime now, http::Waker waker) {
  auto waiting = std::make_unique<WaitingMove>(sessions, std::move(move), std::move(waker));
  base::MonoTime again{};
  std::optional<http::Response> at_once = waiting->poll(now, again);
  if (at_once.has_value()) {
    return *std::move(at_once);
  }
  return waiting;
}

}  // namespace mockllm
