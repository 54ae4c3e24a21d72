// upstream: asks the real LLM, on the server's own loop, and hands on what comes as it comes.
//
// Door: Upstream::send() per call; the head, the chunks with their times, and the end go to an
// UpstreamSink. The address is fixed at start-up: nothing in a request chooses it, no redirect is
// followed. May include: common/base, common/http, mockllm/cassette. Loop thread only.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "common/http/message.h"

namespace boost::asio {
class io_context;
}

namespace mockllm {

struct UpstreamLimits {
  std::chrono::milliseconds connect_timeout{5'000};  // look-up, TCP and TLS
  std::chrono::milliseconds first_byte_timeout{
      120'000};                                    // from the request's last byte to the head
  std::chrono::milliseconds idle_timeout{60'000};  // between two pieces of a body
  std::size_t head_bytes_max = 64 * 1024;
  std::size_t body_bytes_max = 64 * 1024 * 1024;
  std::size_t calls_max = 1'000;  // at the same time
};

struct UpstreamOptions {
  std::string
      base_url;  // "https://api.openai.com/v1"; http:// or https://, its path goes before each path
  std::string
      key;  // replaces the application's Authorization; empty: the application's goes through
  std::string ca_file;  // instead of the system's certificate store; empty: the system's
  UpstreamLimits limits;
};

struct UpstreamRequest {
  std::string_view method;
  std::string_view path;  // below the base URL, with query: "/chat/completions"
  const std::vector<http::Header>* headers = nullptr;  // the application's; filtered here
  std::string_view body;
};

struct UpstreamHead {
  int status = 0;
  http::Headers headers;  // without hop-by-hop headers, Content-Length and Set-Cookie
};

// Who listens to one call. Never called from inside send(), never after the call is destroyed.
// head() once, then chunk() for each piece, then end() once; a failure is end() with an error, also
// before head().
class UpstreamSink {
 public:
  virtual ~UpstreamSink() = default;
  virtual void head(UpstreamHead head) = 0;
  // `at` is the time since the request was sent. Transfer coding is removed.
  virtual void chunk(std::string_view bytes, std::chrono::microseconds at) = 0;
  // kUnavailable: refused, reset, cut short, no such host, a certificate that does not verify;
  // kTimedOut; kInvalidInput: the answer is not HTTP/1 or over a limit. An error is never a whole
  // answer: it is not to be recorded, and the client gets 502 (504 for kTimedOut) where the head
  // has not been sent.
  virtual void end(base::Result<void> result) = 0;
};

// One call under way. Destroying it cancels: the connection is closed and the sink is not called
// again.
class UpstreamCall {
 public:
  virtual ~UpstreamCall() = default;
};

class Upstream {
 public:
  // kInvalidInput: a base URL that is none (with credentials, query or fragment, or another
  // scheme), a key with control characters, a certificate file that cannot be read. `loop` and
  // `clock` outlive it.
  static base::Result<std::unique_ptr<Upstream>> make(boost::asio::io_context& loop,
                                                      const base::Clock& clock,
                                                      UpstreamOptions options);
  ~Upstream();

  // Copies what it needs of `request`. `sink` outlives the call. kUnavailable above calls_max.
  base::Result<std::unique_ptr<UpstreamCall>> send(const UpstreamRequest& request,
                                                   UpstreamSink& sink);

  // An answer that says "try again" (408, 409, 429, 5xx) passes through and is not recorded.
  [[nodiscard]] static bool is_transient(int status);

 private:
  class Impl;
  explicit Upstream(std::shared_ptr<Impl> impl);
  std::shared_ptr<Impl> impl_;  // shared with the calls under way
};

}  // namespace mockllm
