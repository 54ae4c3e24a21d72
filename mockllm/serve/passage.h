// One call passed on to the real service: its bytes go to the client as they come, and into the
// cassette where the call is recorded.
//
// The sink outlives its call, and the engine holds the passage first as the Deferred that waits for
// the head and then as the Exchange that streams the body: both share it, and whoever lets go last
// cancels.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/http/handler.h"
#include "mockllm/cassette/cassette.h"
#include "mockllm/serve/call_record.h"
#include "mockllm/upstream/upstream.h"
#include "mockllm/wire/protocol.h"

namespace mockllm {

// Where a recorded call goes.
struct Recorder {
  Cassettes* cassettes = nullptr;  // null: the call is not kept
  std::string test;
};

class Passage final : public UpstreamSink, public std::enable_shared_from_this<Passage> {
 public:
  // `protocol` outlives it; `body` is the request's.
  Passage(CallRecord record, Protocol& protocol, Recorder recorder, std::string body, bool stream,
          http::Waker waker);

  // Sends; a call that cannot be sent ends like one that fails later.
  void start(Upstream& upstream, const UpstreamRequest& request);

  // The response's head once it is known. Its exchange is this passage's body.
  std::optional<http::Response> take_head();
  http::Step next(std::string& out);

  void finished(const http::Delivered& delivered) { record_.finish(delivered); }

  void head(UpstreamHead head) override;
  void chunk(std::string_view bytes, std::chrono::microseconds at) override;
  void end(base::Result<void> result) override;

 private:
  [[nodiscard]] http::Response failure() const;
  [[nodiscard]] std::shared_ptr<const Reply> read_reply() const;
  void keep(std::shared_ptr<const Reply> reply);

  CallRecord record_;
  Protocol* protocol_;
  Recorder recorder_;
  std::string request_body_;
  bool stream_;
  http::Waker waker_;
  std::optional<UpstreamHead> head_;
  std::string queued_;  // came, and not asked for yet
  std::vector<RecordedChunk> chunks_;
  bool ended_ = false;
  std::optional<base::Error> error_;
  std::unique_ptr<UpstreamCall>
      call_;  // last: destroyed first, and then the sink is not called again
};

// Waits for the head of `passage`.
[[nodiscard]] std::unique_ptr<http::Deferred> wait_for(std::shared_ptr<Passage> passage);

}  // namespace mockllm
