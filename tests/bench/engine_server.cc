// The engine with the smallest handler there is: what is left of the ceiling before any work of
// mockllm.
//
//   engine_server [PORT]
//
// Answers as ceiling_server does: a constant short reply; 64 chunks for a body or path with
// "burst"; 64 chunks, one each 20 ms, for "paced".
#include <charconv>
#include <cstdint>
#include <iostream>
#include <memory>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/http/memory.h"
#include "common/http/server.h"
#include "tests/bench/payload.h"

namespace {

class Stream final : public http::Exchange {
 public:
  Stream(base::MonoTime start, base::Nanoseconds gap) : next_(start), gap_(gap) {}

  http::Step next(std::string& out, base::MonoTime /*now*/) override {
    if (sent_ == bench::kStreamFrames) {
      out.append(bench::kDone);
      return http::End{};
    }
    out.append(bench::kFrame);
    ++sent_;
    if (gap_ == base::Nanoseconds::zero()) {
      return http::Continue{};
    }
    next_ += gap_;
    return http::WaitUntil{next_};
  }

 private:
  int sent_ = 0;
  base::MonoTime next_;
  base::Nanoseconds gap_;
};

class Constant final : public http::Handler {
 public:
  explicit Constant(const base::Clock& clock) : clock_(&clock) {}

  http::Answer handle(const http::Request& request, const http::Waker& /*waker*/) override {
    const bool paced = request.path == bench::kPacedPath;
    if (!paced && request.path != bench::kBurstPath) {
      return http::Response{
          200, {{"content-type", "application/json"}}, std::string(bench::kReply)};
    }
    http::Response response;
    response.headers = {{"content-type", "text/event-stream"}};
    response.streamed = true;
    response.exchange = std::make_unique<Stream>(
        clock_->mono(), paced ? base::Nanoseconds(bench::kGap) : base::Nanoseconds::zero());
    return response;
  }

  http::Response refuse(int status, std::string_view /*limit*/, std::string_view message) override {
    return {status, {}, std::string(message)};
  }

 private:
  const base::Clock* clock_;
};

}  // namespace

int main(int argc, char** argv) {
  std::uint16_t port = 0;
  if (argc > 1) {
    const std::string_view text = argv[1];
    std::from_chars(text.data(), text.data() + text.size(), port);
  }
  http::keep_big_blocks();
  const base::SystemClock clock;
  const base::Log log(clock, 2, base::LogFormat::kText, base::LogLevel::kWarning);
  Constant handler(clock);
  http::Server server(handler, {}, clock, log);
  if (const base::Result<void> listening = server.listen("127.0.0.1", port); !listening) {
    std::cerr << listening.error().message << '\n';
    return 3;
  }
  std::cout << "listening on http://127.0.0.1:" << server.port() << std::endl;
  server.run();
  return 0;
}
