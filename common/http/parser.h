// From the bytes of one request to a Request. Beast's basic_parser reads head and chunked coding;
// this adds what it leaves open: no folded lines, one Content-Length of digits, one known
// Transfer-Encoding, one Host, and every limit.
#pragma once

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

#include "common/http/head_scanner.h"
#include "common/http/limits.h"
#include "common/http/message.h"

namespace boost::system {
class error_code;
}

namespace http {

class RequestParser {
 public:
  enum class Progress { kHeadNeeded, kBodyNeeded, kWhole, kRefused };

  explicit RequestParser(const Limits& limits);
  RequestParser(const RequestParser&) = delete;
  RequestParser& operator=(const RequestParser&) = delete;
  ~RequestParser();

  // `bytes` is everything since the request's first byte, at this address or, as it grows, at
  // another. Chunked coding is removed in place.
  Progress parse(std::span<char> bytes);
  // For the next request on the same connection.
  void reset();

  // While kWhole: views into the bytes of the last call. `peer` is the caller's to set.
  [[nodiscard]] Request& request() { return request_; }

  // How many of the bytes the whole request took.
  [[nodiscard]] std::size_t size() const { return size_; }

  // While kRefused.
  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

  // From the end of the head on.
  [[nodiscard]] bool is_http10() const;
  [[nodiscard]] bool keep_alive() const;
  [[nodiscard]] bool expects_continue() const;
  // How many bytes the whole request will have, 0 where the head does not say.
  [[nodiscard]] std::size_t announced_size() const;

  [[nodiscard]] std::size_t head_size() const { return scanner_.head_size(); }

 private:
  class Sink;

  Progress refuse(const Refusal& refusal);
  [[nodiscard]] Refusal refusal_of(const boost::system::error_code& error) const;
  Progress parse_head(std::span<char> bytes);
  Progress read_head(std::string_view head);
  Progress parse_chunked(std::span<char> bytes);
  Progress finish(std::span<char> bytes, std::size_t body_size, std::size_t size);
  // Moves all views when the bytes have moved since the head was read.
  void rebase(const char* base);

  const Limits* limits_;
  HeadScanner scanner_;
  std::unique_ptr<Sink> sink_;
  Request request_;
  Refusal refusal_;
  bool head_done_ = false;
  const char* base_ = nullptr;  // where the bytes were when the views were made
  std::size_t size_ = 0;
  std::size_t chunks_read_ = 0;  // bytes of the chunked body that the sink has seen
};

}  // namespace http
