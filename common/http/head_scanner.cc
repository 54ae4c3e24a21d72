#include "common/http/head_scanner.h"

#include <algorithm>

namespace http {
namespace {

constexpr std::size_t kMethodBytesMax = 32;  // longer than any registered one
constexpr std::size_t kVersionBytes = 9;     // " HTTP/1.1"
constexpr std::string_view kTlsHandshake = "\x16\x03";
constexpr std::string_view kHttp2Preface = "PRI * HTTP/2.0";

}  // namespace

std::optional<Refusal> refuse_other_protocol(std::string_view first_bytes) {
  if (first_bytes.starts_with(kTlsHandshake)) {
    return Refusal{400, {}, "this port speaks HTTP without TLS", "a TLS handshake"};
  }
  if (first_bytes.starts_with(kHttp2Preface)) {
    return Refusal{505, {}, "only HTTP/1.0 and HTTP/1.1 are served", "the preface of HTTP/2"};
  }
  const std::string_view line =
      first_bytes.substr(0, std::min(first_bytes.find("\r\n"), first_bytes.size()));
  const bool is_whole = line.size() < first_bytes.size();
  if (is_whole && line.starts_with("GET ") && std::count(line.begin(), line.end(), ' ') == 1) {
    return Refusal{400, {}, "the request line has no version", "HTTP/0.9"};
  }
  return std::nullopt;
}

HeadScanner::Progress HeadScanner::refuse(int status, std::string_view limit,
                                          std::string_view message) {
  refusal_ = {status, limit, message, {}};
  return Progress::kRefused;
}

HeadScanner::Progress HeadScanner::scan(std::string_view bytes) {
  for (;;) {
    const std::size_t line_feed = bytes.find('\n', searched_);
    if (line_feed == std::string_view::npos) {
      searched_ = bytes.size();
      return check_unfinished(bytes.substr(line_begin_));
    }
    if (line_feed == line_begin_ || bytes[line_feed - 1] != '\r') {
      return refuse(400, {}, "a line ends without a carriage return");
    }
    const std::string_view line = bytes.substr(line_begin_, line_feed - 1 - line_begin_);
    line_begin_ = line_feed + 1;
    searched_ = line_begin_;
    const Progress progress = scan_line(line);
    if (progress != Progress::kRefused && line_begin_ > limits_->header_bytes_max) {
      return refuse(431, "header_bytes_max", "the head of the request is too large");
    }
    if (progress != Progress::kNeedMore) {
      return progress;
    }
  }
}

HeadScanner::Progress HeadScanner::scan_line(std::string_view line) {
  if (line.empty()) {
    return lines_ == 0 ? refuse(400, {}, "the request line is empty") : Progress::kWhole;
  }
  if (lines_ == 0) {
    const std::size_t target_begin = std::min(line.find(' '), line.size());
    const std::size_t target_end = line.rfind(' ');
    if (target_end != std::string_view::npos && target_end > target_begin &&
        target_end - target_begin - 1 > limits_->target_bytes_max) {
      return refuse(414, "target_bytes_max", "the request's target is too long");
    }
    if (target_end == std::string_view::npos || target_end <= target_begin) {
      return refuse(400, {}, "the request line has no version");
    }
  } else if (line[0] == ' ' || line[0] == '\t') {
    return refuse(400, {}, "a header is folded over two lines");
  }
  if (lines_ > limits_->headers_max) {
    return refuse(431, "headers_max", "the request has too many headers");
  }
  ++lines_;
  return Progress::kNeedMore;
}

HeadScanner::Progress HeadScanner::check_unfinished(std::string_view rest) {
  if (lines_ == 0) {
    const bool method_is_long =
        rest.size() > kMethodBytesMax && rest.substr(0, kMethodBytesMax).find(' ') == rest.npos;
    if (method_is_long) {
      return refuse(400, {}, "the request does not begin with a method");
    }
    if (rest.size() > kMethodBytesMax + limits_->target_bytes_max + kVersionBytes) {
      return refuse(414, "target_bytes_max", "the request's target is too long");
    }
    return Progress::kNeedMore;
  }
  if (line_begin_ + rest.size() > limits_->header_bytes_max) {
    return refuse(431, "header_bytes_max", "the head of the request is too large");
  }
  return Progress::kNeedMore;
}

}  // namespace http
