#include "mockllm/serve/passage.h"

#include <utility>

#include "mockllm/serve/responses.h"

namespace mockllm {
namespace {

class PassageBody final : public http::Exchange {
 public:
  explicit PassageBody(std::shared_ptr<Passage> passage) : passage_(std::move(passage)) {}

  http::Step next(std::string& out, base::MonoTime) override { return passage_->next(out); }

  void finished(const http::Delivered& delivered) override { passage_->finished(delivered); }

 private:
  std::shared_ptr<Passage> passage_;
};

class PassageHead final : public http::Deferred {
 public:
  explicit PassageHead(std::shared_ptr<Passage> passage) : passage_(std::move(passage)) {}

  std::optional<http::Response> poll(base::MonoTime, base::MonoTime& again) override {
    again = base::MonoTime::max();
    return passage_->take_head();
  }

 private:
  std::shared_ptr<Passage> passage_;
};

}  // namespace

Passage::Passage(CallRecord record, Protocol& protocol, Recorder recorder, std::string body,
                 bool stream, http::Waker waker)
    : record_(std::move(record)),
      protocol_(&protocol),
      recorder_(std::move(recorder)),
      request_body_(std::move(body)),
      stream_(stream),
      waker_(std::move(waker)) {}

void Passage::start(Upstream& upstream, const UpstreamRequest& request) {
  base::Result<std::unique_ptr<UpstreamCall>> call = upstream.send(request, *this);
  if (!call) {
    error_ = std::move(call).error();
    ended_ = true;
    return;
  }
  call_ = std::move(call).value();
}

void Passage::head(UpstreamHead head) {
  head_ = std::move(head);
  if (Call* entry = record_.call(); entry != nullptr) {
    entry->status = head_->status;
  }
  waker_();
}

void Passage::chunk(std::string_view bytes, std::chrono::microseconds at) {
  queued_ += bytes;
  chunks_.push_back({at, std::string(bytes)});
  waker_();
}

void Passage::end(base::Result<void> result) {
  ended_ = true;
  if (!result) {
    error_ = std::move(result).error();
  } else {
    const std::shared_ptr<const Reply> reply = read_reply();
    if (Call* entry = record_.call(); entry != nullptr && reply != nullptr) {
      entry->usage = reply->usage;
      entry->reply = reply;
    }
    keep(reply);
  }
  waker_();
}

std::optional<http::Response> Passage::take_head() {
  if (head_) {
    http::Response response;
    response.status = head_->status;
    response.headers = head_->headers;
    response.streamed = true;
    response.exchange = std::make_unique<PassageBody>(shared_from_this());
    return response;
  }
  if (!ended_) {
    return std::nullopt;
  }
  http::Response response = failure();
  if (Call* entry = record_.call(); entry != nullptr) {
    entry->status = response.status;
  }
  response.exchange = std::make_unique<PassageBody>(shared_from_this());
  return response;
}

http::Step Passage::next(std::string& out) {
  out += queued_;
  queued_.clear();
  if (!ended_) {
    return http::Park{};
  }
  if (error_) {
    return http::Reset{};  // An answer cut short must not look whole.
  }
  return http::End{};
}

http::Response Passage::failure() const {
  WireError error;
  error.status = error_->kind == base::ErrorKind::kTimedOut ? 504 : 502;
  error.type.clear();
  error.code = "upstream_failed";
  error.message = "cannot ask the upstream: " + error_->message;
  return error_response(*protocol_, error, {});
}

// What was said, as far as it can be read; nullptr where it cannot.
std::shared_ptr<const Reply> Passage::read_reply() const {
  std::string body;
  for (const RecordedChunk& chunk : chunks_) {
    body += chunk.bytes;
  }
  std::optional<Reply> reply = protocol_->read_reply(body, stream_);
  return reply ? std::make_shared<const Reply>(std::move(*reply)) : nullptr;
}

void Passage::keep(std::shared_ptr<const Reply> reply) {
  if (recorder_.cassettes == nullptr || !head_ || Upstream::is_transient(head_->status)) {
    return;
  }
  Prompt prompt;  // The one that was decided on is gone: its views pointed into the request.
  if (protocol_->decode(request_body_, prompt)) {
    return;
  }
  Interaction interaction;
  interaction.status = head_->status;
  interaction.headers = head_->headers;
  interaction.stream = stream_;
  interaction.chunks = std::move(chunks_);
  interaction.reply = std::move(reply);
  recorder_.cassettes->add(recorder_.test, prompt, std::move(interaction));
}

std::unique_ptr<http::Deferred> wait_for(std::shared_ptr<Passage> passage) {
  return std::make_unique<PassageHead>(std::move(passage));
}

}  // namespace mockllm
