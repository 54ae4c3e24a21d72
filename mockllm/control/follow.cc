#include "mockllm/control/follow.h"

#include <string>
#include <utility>

#include "mockllm/control/answers.h"

namespace mockllm {

class Followers::Stream final : public http::Exchange {
 public:
  Stream(Followers& followers, http::Waker waker)
      : followers_(followers),
        waker_(std::move(waker)),
        place_(followers.open_.insert(followers.open_.end(), this)),
        id_(followers.journal_.follow([this](const std::string& json) { take(json); })) {}

  ~Stream() override {
    followers_.journal_.unfollow(id_);
    followers_.open_.erase(place_);
  }

  void end() {
    ended_ = true;
    waker_();
  }

  http::Step next(std::string& out, base::MonoTime) override {
    out += std::exchange(queued_, {});
    if (ended_) {
      return http::End{};
    }
    return http::Park{};
  }

 private:
  void take(const std::string& json) {
    if (ended_) {
      return;
    }
    if (queued_.size() + json.size() > followers_.bytes_max_) {
      queued_ += ": read too slowly, calls are left out from here\n\n";
      ended_ = true;
    } else {
      queued_ += "data: " + json + "\n\n";
    }
    waker_();
  }

  Followers& followers_;
  http::Waker waker_;
  std::string queued_ = ": following\n\n";  // so that the head leaves at once
  bool ended_ = false;
  std::list<Stream*>::iterator place_;
  std::uint64_t id_;
};

http::Response Followers::follow(http::Waker waker) {
  if (open_.size() >= count_max_) {
    return error_response(
        503, "limit_reached",
        "followers_max: " + std::to_string(count_max_) + " follow the journal already");
  }
  http::Response response;
  response.headers = {{"content-type", "text/event-stream; charset=utf-8"},
                      {"cache-control", "no-store"}};
  response.streamed = true;
  response.exchange = std::make_unique<Stream>(*this, std::move(waker));
  return response;
}

void Followers::end_all() {
  for (Stream* stream : open_) {
    stream->end();
  }
}

}  // namespace mockllm
