#include "harness/kube/http.h"

#include <charconv>
#include <limits>

#include <boost/asio/buffer.hpp>

namespace harness {
namespace {

namespace beast = boost::beast;

constexpr std::uint32_t kHeadBytesMax = 64 * 1024;
// A head or the length of a chunk that is not there after so much is no HTTP.
constexpr std::size_t kUnreadBytesMax = 256 * 1024;

base::Error not_http(const beast::error_code& error) {
  if (error == beast::http::error::body_limit) {
    return base::unavailable("the answer is larger than its limit");
  }
  return base::unavailable("the answer is no HTTP: " + error.message());
}

}  // namespace

std::string bytes_of(const HttpRequest& request, const ServerAddress& address,
                     std::string_view token) {
  std::string bytes;
  bytes += request.method;
  bytes += " " + address.path + request.target + " HTTP/1.1\r\nHost: " + address.authority;
  bytes += "\r\nUser-Agent: drydock-harness\r\nAccept: application/json, */*\r\n";
  if (!token.empty()) {
    bytes += "Authorization: Bearer ";
    bytes += token;
    bytes += "\r\n";
  }
  if (!request.content_type.empty()) {
    bytes += "Content-Type: " + request.content_type +
             "\r\nContent-Length: " + std::to_string(request.body.size()) + "\r\n";
  }
  return bytes + "\r\n" + request.body;
}

HttpAnswer::HttpAnswer(Connection& connection, std::optional<std::size_t> body_bytes_max)
    : connection_(connection),
      body_bytes_max_(body_bytes_max) {
  start_parser();
}

void HttpAnswer::start_parser() {
  parser_.emplace();
  parser_->header_limit(kHeadBytesMax);
  parser_->body_limit(body_bytes_max_.value_or(std::numeric_limits<std::uint64_t>::max()));
}

base::Result<void> HttpAnswer::receive(std::chrono::milliseconds limit) {
  base::Result<std::string_view> piece = connection_.read(limit);
  if (!piece) {
    return std::move(piece).error();
  }
  if (!piece->empty()) {
    began_ = true;
    unread_ += *piece;
    return {};
  }
  beast::error_code error;
  if (parser_->got_some()) {
    parser_->put_eof(error);
  }
  if (error || !parser_->is_done()) {
    return base::unavailable(began_ ? "the connection was closed in the middle of an answer"
                                    : "the connection was closed without an answer");
  }
  return {};
}

base::Result<void> HttpAnswer::parse() {
  while (!unread_.empty() && !parser_->is_done()) {
    beast::error_code error;
    unread_.erase(0, parser_->put(boost::asio::buffer(unread_), error));
    if (error == beast::http::error::need_more) {
      break;
    }
    if (error) {
      return not_http(error);
    }
  }
  return unread_.size() > kUnreadBytesMax
             ? base::Result<void>(base::unavailable("the answer is no HTTP: a line without end"))
             : base::Result<void>();
}

base::Result<void> HttpAnswer::read_head(std::chrono::milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  for (;;) {
    base::Result<void> understood = parse();
    if (!understood) {
      return understood;
    }
    if (parser_->is_header_done()) {
      if (status() / 100 != 1) {
        return {};
      }
      start_parser();  // 100 Continue, 103 Early Hints: the answer is still to come
      continue;
    }
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    base::Result<void> received = receive(left);
    if (!received) {
      return received;
    }
  }
}

base::Result<std::string> HttpAnswer::read_piece(std::chrono::milliseconds limit) {
  for (;;) {
    base::Result<void> understood = parse();
    if (!understood) {
      return std::move(understood).error();
    }
    std::string& body = parser_->get().body();
    if (!body.empty()) {
      return std::exchange(body, {});
    }
    if (parser_->is_done()) {
      return std::string();
    }
    base::Result<void> received = receive(limit);
    if (!received) {
      return std::move(received).error();
    }
  }
}

int HttpAnswer::status() const {
  return static_cast<int>(parser_->get().result_int());
}

std::optional<std::chrono::seconds> HttpAnswer::retry_after() const {
  const auto text = parser_->get()[beast::http::field::retry_after];
  unsigned seconds = 0;
  const char* end = text.data() + text.size();
  const auto [stop, error] = std::from_chars(text.data(), end, seconds);
  if (text.empty() || error != std::errc() || stop != end) {
    return std::nullopt;
  }
  return std::chrono::seconds(seconds);
}

bool HttpAnswer::keeps_alive() const {
  return parser_->is_done() && parser_->keep_alive() && unread_.empty();
}

}  // namespace harness
