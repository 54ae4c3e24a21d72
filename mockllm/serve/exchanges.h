// How an answer is sent: a whole body, a stream of a fixture's reply, a recording, each after a
// delay or at once.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/http/handler.h"
#include "mockllm/cassette/cassette.h"
#include "mockllm/delivery/timeline.h"
#include "mockllm/serve/call_record.h"
#include "mockllm/wire/protocol.h"

namespace mockllm {

// What one call of next() appends at most, about: more is asked for at once, and others get a turn.
inline constexpr std::size_t kStreamStepBytes = 64 * 1024;

// A whole body: only its end matters.
class PlainExchange final : public http::Exchange {
 public:
  explicit PlainExchange(CallRecord record) : record_(std::move(record)) {}

  void finished(const http::Delivered& delivered) override { record_.finish(delivered); }

 private:
  CallRecord record_;
};

// A fixture's reply as a stream.
class ReplyStream final : public http::Exchange {
 public:
  ReplyStream(CallRecord record, Timeline timeline, std::unique_ptr<FrameEncoder> encoder,
              base::MonoTime start)
      : record_(std::move(record)),
        timeline_(std::move(timeline)),
        encoder_(std::move(encoder)),
        start_(start) {}

  http::Step next(std::string& out, base::MonoTime now) override;

  void finished(const http::Delivered& delivered) override { record_.finish(delivered); }

 private:
  CallRecord record_;
  Timeline timeline_;
  std::unique_ptr<FrameEncoder> encoder_;
  base::MonoTime start_;
  std::optional<Timeline::Timed> due_;  // made, and not yet due
};

// A recording, byte for byte. `speed` 1 keeps the recorded times, 0 sends all at once.
class RecordedStream final : public http::Exchange {
 public:
  RecordedStream(CallRecord record, std::shared_ptr<const Interaction> interaction, double speed,
                 base::MonoTime start)
      : record_(std::move(record)),
        interaction_(std::move(interaction)),
        speed_(speed),
        start_(start) {}

  http::Step next(std::string& out, base::MonoTime now) override;

  void finished(const http::Delivered& delivered) override { record_.finish(delivered); }

 private:
  CallRecord record_;
  std::shared_ptr<const Interaction> interaction_;
  double speed_;
  base::MonoTime start_;
  std::size_t chunk_ = 0;
};

// A response that is complete and waits for its time.
class DelayedResponse final : public http::Deferred {
 public:
  DelayedResponse(http::Response response, base::MonoTime at)
      : response_(std::move(response)),
        at_(at) {}

  std::optional<http::Response> poll(base::MonoTime now, base::MonoTime& again) override;

 private:
  http::Response response_;
  base::MonoTime at_;
};

}  // namespace mockllm
