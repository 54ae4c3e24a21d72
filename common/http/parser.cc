#include "common/http/parser.h"

#include <string.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <functional>
#include <optional>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>

#include "common/base/text.h"
#include "common/http/request_line.h"
#include "common/http/response_writer.h"

namespace http {
namespace {

namespace beast = boost::beast;
using BeastError = beast::error_code;

std::string_view view_of(beast::string_view text) {
  return {text.data(), text.size()};
}

bool is_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(),
                                      [](char byte) { return byte >= '0' && byte <= '9'; });
}

// Extensions mean nothing to us, but they must not hide a line's end from another reader.
bool is_strict_extension(std::string_view extension) {
  return extension.empty() ||
         (extension.front() == ';' && extension.back() != ';' &&
          extension.find_first_of(std::string_view("\r\n\0", 3)) == std::string_view::npos);
}

std::string_view message_of(const BeastError& error) {
  using Error = beast::http::error;
  switch (static_cast<Error>(error.value())) {
    case Error::bad_method:
      return "the method is not a token";
    case Error::bad_field:
      return "a header's name is not a token";
    case Error::bad_value:
      return "a header's value holds a control character";
    case Error::bad_content_length:
      return "Content-Length is not one number";
    case Error::bad_transfer_encoding:
      return "Transfer-Encoding is given twice or beside Content-Length";
    case Error::bad_chunk:
      return "a chunk's size is not a hexadecimal number, or its end is missing";
    case Error::bad_chunk_extension:
      return "a chunk's extension is malformed";
    default:
      return "the request is not valid HTTP/1.1";
  }
}

}  // namespace

// What Beast calls while it reads. It stores views and the first reason to refuse.
class RequestParser::Sink final : public beast::http::basic_parser<true> {
 public:
  Sink(const Limits& limits, Request& request) : limits_(&limits), request_(&request) {
    header_limit(
        static_cast<std::uint32_t>(std::min<std::size_t>(limits.header_bytes_max + 1, UINT32_MAX)));
    body_limit(limits.body_bytes_max);
  }

  // `input` is what the next put() is given, `body` where decoded chunks go.
  void expect(std::string_view input, char* body) {
    input_ = input;
    body_ = body;
  }

  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

  [[nodiscard]] bool is_http10() const { return version_ == 10; }

  [[nodiscard]] bool expects_continue() const { return expects_continue_; }

  [[nodiscard]] bool has_chunks() const { return has_encoding_; }

  [[nodiscard]] std::size_t content_length() const { return content_length_; }

  [[nodiscard]] std::size_t body_size() const { return body_size_; }

 private:
  void refuse(BeastError& error, int status, std::string_view limit, std::string_view message) {
    refusal_ = {status, limit, message, {}};
    error = beast::http::error::bad_field;
  }

  void on_request_impl(beast::http::verb /*verb*/, beast::string_view method,
                       beast::string_view target, int version, BeastError& error) override {
    version_ = version;
    const std::optional<Refusal> refusal =
        read_request_line(view_of(method), view_of(target), *request_);
    if (refusal) {
      refusal_ = *refusal;
      error = beast::http::error::bad_target;
    }
  }

  void on_response_impl(int /*status*/, beast::string_view /*reason*/, int /*version*/,
                        BeastError& /*error*/) override {}

  void on_field_impl(beast::http::field field, beast::string_view name_text,
                     beast::string_view value_text, BeastError& error) override {
    const std::string_view name = view_of(name_text);
    const std::string_view value = view_of(value_text);
    if (is_folded(name, value)) {
      return refuse(error, 400, {}, "a header is folded over two lines");
    }
    if (++fields_ > limits_->headers_max) {
      return refuse(error, 431, "headers_max", "the request has too many headers");
    }
    if (in_trailers_) {
      return check_trailer(field, name, value, error);
    }
    check_header(field, value, error);
    if (!error) {
      request_->headers.push_back({name, value});
    }
  }

  void check_header(beast::http::field field, std::string_view value, BeastError& error) {
    using Field = beast::http::field;
    switch (field) {
      case Field::content_length:
        return check_length(value, error);
      case Field::transfer_encoding:
        return check_encoding(value, error);
      case Field::host:
        if (has_host_ || !is_host(value)) {
          return refuse(error, 400, {}, "Host is given twice or is not a host");
        }
        has_host_ = true;
        return;
      case Field::expect:
        if (!base::equals_ignoring_case(value, "100-continue")) {
          return refuse(error, 417, {}, "the only expectation that is met is 100-continue");
        }
        expects_continue_ = true;
        return;
      default:
        return;
    }
  }

  void check_length(std::string_view value, BeastError& error) {
    if (has_length_ || !is_digits(value)) {
      return refuse(error, 400, {}, "Content-Length is not one number");
    }
    has_length_ = true;
    // Beast has read it before, so it fits.
    std::from_chars(value.data(), value.data() + value.size(), content_length_);
  }

  void check_encoding(std::string_view value, BeastError& error) {
    if (version_ == 10) {
      return refuse(error, 400, {}, "HTTP/1.0 has no Transfer-Encoding");
    }
    if (has_encoding_ || value.empty()) {
      return refuse(error, 400, {}, "Transfer-Encoding is empty or given twice");
    }
    if (!base::equals_ignoring_case(value, "chunked")) {
      return refuse(error, 501, {}, "the only Transfer-Encoding that is read is chunked");
    }
    has_encoding_ = true;
  }

  // Read and dropped: no handler has a use for one, and none may pose as a header.
  void check_trailer(beast::http::field field, std::string_view name, std::string_view value,
                     BeastError& error) {
    using Field = beast::http::field;
    if (field == Field::host || field == Field::content_length ||
        field == Field::transfer_encoding) {
      return refuse(error, 400, {}, "a trailer frames the message anew");
    }
    trailer_bytes_ += name.size() + value.size() + 4;
    if (trailer_bytes_ > limits_->header_bytes_max) {
      refuse(error, 431, "header_bytes_max", "the trailers are too large");
    }
  }

  // Beast joins folded lines: in a buffer of its own, or by skipping empty first ones.
  [[nodiscard]] bool is_folded(std::string_view name, std::string_view value) const {
    const std::less_equal<const char*> not_after;
    const char* name_end = name.data() + name.size();
    const bool in_input =
        not_after(name_end, value.data()) && not_after(value.data(), input_.data() + input_.size());
    return !in_input || std::find(name_end, value.data(), '\n') != value.data();
  }

  void on_header_impl(BeastError& error) override {
    if (!has_host_ && version_ == 11) {
      refuse(error, 400, {}, "Host is missing");
    }
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>& /*length*/,
                         BeastError& /*error*/) override {}

  std::size_t on_body_impl(beast::string_view body, BeastError& /*error*/) override {
    return body.size();
  }

  void on_chunk_header_impl(std::uint64_t size, beast::string_view extensions,
                            BeastError& error) override {
    in_trailers_ = size == 0;
    if (!is_strict_extension(view_of(extensions))) {
      refuse(error, 400, {}, "a chunk's extension is malformed");
    }
  }

  std::size_t on_chunk_body_impl(std::uint64_t /*remaining*/, beast::string_view body,
                                 BeastError& /*error*/) override {
    ::memmove(body_ + body_size_, body.data(), body.size());
    body_size_ += body.size();
    return body.size();
  }

  void on_finish_impl(BeastError& /*error*/) override {}

  const Limits* limits_;
  Request* request_;
  std::string_view input_;
  char* body_ = nullptr;
  Refusal refusal_;
  int version_ = 11;
  std::size_t fields_ = 0;
  std::size_t trailer_bytes_ = 0;
  std::size_t content_length_ = 0;
  std::size_t body_size_ = 0;  // decoded
  bool has_host_ = false;
  bool has_length_ = false;
  bool has_encoding_ = false;
  bool expects_continue_ = false;
  bool in_trailers_ = false;
};

RequestParser::RequestParser(const Limits& limits) : limits_(&limits), scanner_(limits) {}

RequestParser::~RequestParser() = default;

void RequestParser::reset() {
  scanner_ = HeadScanner(*limits_);
  request_.headers.clear();
  request_.body = {};
  head_done_ = false;
  chunks_read_ = 0;
  size_ = 0;
}

bool RequestParser::is_http10() const {
  return sink_->is_http10();
}

bool RequestParser::keep_alive() const {
  return sink_->keep_alive();
}

bool RequestParser::expects_continue() const {
  return sink_->expects_continue() && !sink_->is_http10();
}

std::size_t RequestParser::announced_size() const {
  return sink_->has_chunks() ? 0 : head_size() + sink_->content_length();
}

RequestParser::Progress RequestParser::refuse(const Refusal& refusal) {
  refusal_ = refusal;
  return Progress::kRefused;
}

RequestParser::Progress RequestParser::parse(std::span<char> bytes) {
  if (!head_done_) {
    const Progress progress = parse_head(bytes);
    if (progress != Progress::kBodyNeeded) {
      return progress;
    }
  }
  if (sink_->has_chunks()) {
    return parse_chunked(bytes);
  }
  if (bytes.size() < announced_size()) {
    return Progress::kBodyNeeded;
  }
  return finish(bytes, sink_->content_length(), announced_size());
}

RequestParser::Progress RequestParser::parse_head(std::span<char> bytes) {
  const std::string_view text(bytes.data(), bytes.size());
  const HeadScanner::Progress scanned = scanner_.scan(text);
  if (scanned == HeadScanner::Progress::kWhole) {
    return read_head(text.substr(0, head_size()));
  }
  if (const std::optional<Refusal> refusal = refuse_other_protocol(text)) {
    return refuse(*refusal);
  }
  return scanned == HeadScanner::Progress::kRefused ? refuse(scanner_.refusal())
                                                    : Progress::kHeadNeeded;
}

RequestParser::Progress RequestParser::read_head(std::string_view head) {
  if (sink_ == nullptr) {
    sink_ = std::make_unique<Sink>(*limits_, request_);
  } else {
    *sink_ = Sink(*limits_, request_);
  }
  sink_->expect(head, nullptr);
  BeastError error;
  sink_->put(boost::asio::const_buffer(head.data(), head.size()), error);
  if (error) {
    if (error != beast::http::error::bad_version) {
      return refuse(refusal_of(error));
    }
    return refuse(
        refuse_other_protocol(head).value_or(refuse_request_line(head.substr(0, head.find('\r')))));
  }
  base_ = head.data();
  head_done_ = true;
  return Progress::kBodyNeeded;
}

Refusal RequestParser::refusal_of(const boost::system::error_code& error) const {
  if (sink_->refusal().status != 0) {
    return sink_->refusal();
  }
  if (error == beast::http::error::body_limit) {
    return {413, "body_bytes_max", "the body of the request is too large", {}};
  }
  return {400, {}, message_of(error), {}};
}

RequestParser::Progress RequestParser::parse_chunked(std::span<char> bytes) {
  char* body = bytes.data() + head_size();
  const std::size_t received = bytes.size() - head_size();
  // Beast's reader of the last chunk relies on five bytes, and no rest of a body is shorter.
  constexpr std::size_t kRestMin = kLastChunk.size();
  while (!sink_->is_done() && received - chunks_read_ >= kRestMin) {
    const std::string_view rest(body + chunks_read_, received - chunks_read_);
    sink_->expect(rest, body);
    BeastError error;
    chunks_read_ += sink_->put(boost::asio::const_buffer(rest.data(), rest.size()), error);
    if (error == beast::http::error::need_more) {
      break;
    }
    if (error) {
      return refuse(refusal_of(error));
    }
  }
  const std::size_t raw = sink_->is_done() ? chunks_read_ : received;
  if (raw - sink_->body_size() > limits_->chunk_overhead_bytes_max) {
    return refuse({400, "chunk_overhead_bytes_max", "the body is mostly framing of chunks", {}});
  }
  if (!sink_->is_done()) {
    return Progress::kBodyNeeded;
  }
  return finish(bytes, sink_->body_size(), head_size() + chunks_read_);
}

RequestParser::Progress RequestParser::finish(std::span<char> bytes, std::size_t body_size,
                                              std::size_t size) {
  rebase(bytes.data());
  request_.body = {bytes.data() + head_size(), body_size};
  size_ = size;
  return Progress::kWhole;
}

void RequestParser::rebase(const char* base) {
  if (base == base_) {
    return;
  }
  const char* old_base = std::exchange(base_, base);
  const auto move = [&](std::string_view& view) {
    const std::less<const char*> before;
    if (!before(view.data(), old_base) && before(view.data(), old_base + head_size())) {
      view = {base + (view.data() - old_base), view.size()};
    }
  };
  for (std::string_view* view :
       {&request_.method, &request_.target, &request_.path, &request_.query}) {
    move(*view);
  }
  for (Header& header : request_.headers) {
    move(header.name);
    move(header.value);
  }
}

}  // namespace http
