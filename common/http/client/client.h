// http/client: one blocking request to somebody else's server, with limits. For probes, control
// calls and command-line verbs; never on a server's loop.
//
// May include: common/base, common/http.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.h"

namespace http {

struct ClientRequest {
  std::string method = "GET";
  std::string path = "/";  // with query
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
};

struct ClientResponse {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

struct ClientLimits {
  std::chrono::milliseconds connect_timeout{2'000};
  std::chrono::milliseconds read_timeout{10'000};    // for each part of the answer
  std::chrono::milliseconds total_timeout{120'000};  // for the whole body
  std::size_t body_bytes_max = 64 * 1024 * 1024;
};

// Keeps its connection open between requests. Follows no redirects. One thread at a time.
class Client {
 public:
  // `base_url` is "http://host:port" or https; a path in it is put before each request's path.
  static base::Result<Client> make(std::string_view base_url, ClientLimits limits = {});
  Client(Client&&) noexcept;
  Client& operator=(Client&&) noexcept;
  ~Client();

  // Any status is a value. kUnavailable: refused, reset, no such host, or what answers is no HTTP;
  // kTimedOut; kPermissionDenied: the certificate is not trusted; kInvalidInput: the answer is
  // larger than the limit, or the request holds what would split it. A connection that the server
  // ended while it was kept is made anew once, for methods that may be repeated.
  base::Result<ClientResponse> send(const ClientRequest& request);

 private:
  class Impl;
  explicit Client(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace http
