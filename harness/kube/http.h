// One request of HTTP/1.1 as bytes, and one answer, read piece by piece.
#pragma once

#include <chrono>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>

#include "common/base/error.h"
#include "harness/kube/connection.h"

namespace harness {

struct HttpRequest {
  std::string_view method = "GET";
  std::string target;        // below the server's own path
  std::string content_type;  // empty: no body
  std::string body;
};

// `token` becomes the Authorization header; empty: none.
std::string bytes_of(const HttpRequest& request, const ServerAddress& address,
                     std::string_view token);

// Reads from a connection that outlives it.
class HttpAnswer {
 public:
  // `body_bytes_max`: nullopt for a stream, of which only the last piece is kept.
  HttpAnswer(Connection& connection, std::optional<std::size_t> body_bytes_max);

  base::Result<void> read_head(std::chrono::milliseconds limit);
  // The next piece; empty where the answer is whole. After kTimedOut it may be asked again.
  base::Result<std::string> read_piece(std::chrono::milliseconds limit);

  [[nodiscard]] int status() const;
  [[nodiscard]] std::optional<std::chrono::seconds> retry_after() const;
  // Not before the body was read: another answer can follow on this connection.
  [[nodiscard]] bool keeps_alive() const;

  // A byte has come. Before that, nothing shows that the server has seen the request.
  [[nodiscard]] bool began() const { return began_; }

 private:
  using Parser = boost::beast::http::response_parser<boost::beast::http::string_body>;

  void start_parser();
  base::Result<void> receive(std::chrono::milliseconds limit);
  base::Result<void> parse();

  Connection& connection_;
  std::optional<std::size_t> body_bytes_max_;
  std::optional<Parser> parser_;
  std::string unread_;  // came, but the parser needs more to understand it
  bool began_ = false;
};

}  // namespace harness
