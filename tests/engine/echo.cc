#include "tests/engine/echo.h"

#include <memory>
#include <utility>

#include "tests/engine/raw_client.h"

namespace engine {
namespace {

using std::chrono::milliseconds;

class Noted : public http::Exchange {
 public:
  explicit Noted(Seen& seen) : seen_(&seen) {}

  void finished(const http::Delivered& delivered) override { seen_->add_delivered(delivered); }

 private:
  Seen* seen_;
};

class Frames final : public Noted {
 public:
  Frames(Seen& seen, int count, milliseconds gap) : Noted(seen), count_(count), gap_(gap) {}

  http::Step next(std::string& out, base::MonoTime now) override {
    if (count_ >= 0 && sent_ == count_) {
      return http::End{};
    }
    out.append("frame " + std::to_string(sent_++) + "\n");
    if (gap_ == milliseconds::zero()) {
      return http::Continue{};
    }
    return http::WaitUntil{now + gap_};
  }

 private:
  int count_;
  milliseconds gap_;
  int sent_ = 0;
};

class Flood final : public Noted {
 public:
  using Noted::Noted;

  http::Step next(std::string& out, base::MonoTime /*now*/) override {
    out.append(64 * 1024, 'x');
    return http::Continue{};
  }
};

class Busy final : public Noted {
 public:
  using Noted::Noted;

  http::Step next(std::string& /*out*/, base::MonoTime /*now*/) override {
    return http::Continue{};
  }
};

class Cut final : public Noted {
 public:
  using Noted::Noted;

  http::Step next(std::string& out, base::MonoTime /*now*/) override {
    out.append("frame 0\n");
    return http::Reset{};
  }
};

class Parked final : public Noted {
 public:
  using Noted::Noted;

  http::Step next(std::string& out, base::MonoTime /*now*/) override {
    if (!std::exchange(asked_, true)) {
      return http::Park{};
    }
    out.append("woken\n");
    return http::End{};
  }

 private:
  bool asked_ = false;
};

class WokenWhileAsked final : public Noted {
 public:
  WokenWhileAsked(Seen& seen, http::Waker waker) : Noted(seen), waker_(std::move(waker)) {}

  http::Step next(std::string& out, base::MonoTime /*now*/) override {
    if (++asked_ < 3) {
      waker_();
      return http::Park{};
    }
    out.append("woken\n");
    return http::End{};
  }

 private:
  http::Waker waker_;
  int asked_ = 0;
};

class Waiting final : public http::Deferred {
 public:
  Waiting(Seen& seen, bool by_time) : seen_(&seen), by_time_(by_time) {}

  ~Waiting() override {
    if (!answered_) {
      seen_->add_deferred_gone();
    }
  }

  std::optional<http::Response> poll(base::MonoTime now, base::MonoTime& again) override {
    if (!std::exchange(asked_, true)) {
      due_ = now + milliseconds(5);
      again = by_time_ ? due_ : base::MonoTime::max();
      return std::nullopt;
    }
    answered_ = true;
    return http::Response{200, {}, by_time_ && now < due_ ? "too early" : "at last"};
  }

 private:
  Seen* seen_;
  bool by_time_;
  bool asked_ = false;
  bool answered_ = false;
  base::MonoTime due_;
};

http::Response streamed(std::unique_ptr<http::Exchange> exchange) {
  http::Response response{200, {{"content-type", "text/event-stream"}}};
  response.streamed = true;
  response.exchange = std::move(exchange);
  return response;
}

}  // namespace

void Seen::add_delivered(const http::Delivered& delivered) {
  const std::lock_guard lock(mutex_);
  delivered_.push_back(delivered);
  changed_.notify_all();
}

void Seen::add_deferred_gone() {
  const std::lock_guard lock(mutex_);
  deferred_gone_ = true;
  changed_.notify_all();
}

std::vector<http::Delivered> Seen::wait_for_delivered(std::size_t count) {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, RawClient::kPatience, [&] { return delivered_.size() >= count; });
  return delivered_;
}

bool Seen::wait_for_deferred_gone() {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, RawClient::kPatience, [&] { return deferred_gone_; });
}

http::Answer EchoHandler::handle(const http::Request& request, const http::Waker& waker) {
  const std::string_view path = request.path;
  if (path == "/frames") {
    return streamed(std::make_unique<Frames>(seen, 3, milliseconds(0)));
  }
  if (path == "/paced") {
    return streamed(std::make_unique<Frames>(seen, 3, milliseconds(5)));
  }
  if (path == "/endless") {
    return streamed(std::make_unique<Frames>(seen, -1, milliseconds(1)));
  }
  if (path == "/flood") {
    return streamed(std::make_unique<Flood>(seen));
  }
  if (path == "/busy") {
    return streamed(std::make_unique<Busy>(seen));
  }
  if (path == "/reset") {
    return streamed(std::make_unique<Cut>(seen));
  }
  if (path == "/woken") {
    return streamed(std::make_unique<WokenWhileAsked>(seen, waker));
  }
  if (path == "/parked") {
    wakers_.push_back(waker);
    return streamed(std::make_unique<Parked>(seen));
  }
  if (path == "/deferred" || path == "/later") {
    wakers_.push_back(waker);
    return std::make_unique<Waiting>(seen, path == "/later");
  }
  if (path == "/split") {
    return http::Response{200,
                          {{"x-good", "yes"},
                           {"x-bad", "a\r\nx-forged: yes"},
                           {"x-zero", std::string("a\0b", 3)},
                           {"x bad", "a"},
                           {"", "a"},
                           {"content-length", "999"},
                           {"Transfer-Encoding", "chunked"},
                           {"connection", "close"}},
                          "ok"};
  }
  if (path == "/empty") {
    return http::Response{204, {}, "must not be sent"};
  }
  if (path == "/close") {
    return http::Response{200, {}, "bye", false, true};
  }
  if (path == "/redirect") {
    return http::Response{302, {{"location", "/echo"}}, "elsewhere"};
  }
  if (path == "/big") {
    return http::Response{200, {}, std::string(kBigBytes, 'b')};
  }
  std::string body;
  body.append(request.method).append(" ").append(request.target).append(" ").append(request.body);
  return http::Response{200, {}, std::move(body), false, false, std::make_unique<Noted>(seen)};
}

http::Response EchoHandler::refuse(int status, std::string_view limit, std::string_view message) {
  return {status, {{"x-limit", std::string(limit)}}, std::string(message)};
}

void EchoHandler::wake_all() {
  for (const http::Waker& waker : wakers_) {
    waker();
  }
}

}  // namespace engine
