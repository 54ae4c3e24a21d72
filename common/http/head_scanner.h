// Finds the end of a request's head, line by line as it arrives, and refuses what must be refused
// before a newline or the end is seen: endless targets, endless headers, bare line feeds, folded
// lines.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include "common/http/limits.h"

namespace http {

// Why a request is not served. The views are literals.
struct Refusal {
  int status = 0;
  std::string_view limit;    // the name of the limit that was hit, empty where none
  std::string_view message;  // for the client
  std::string_view
      guise;  // what came instead of HTTP/1.x, for the log; empty where it was HTTP/1.x
};

class HeadScanner {
 public:
  enum class Progress { kNeedMore, kWhole, kRefused };

  explicit HeadScanner(const Limits& limits) : limits_(&limits) {}

  // `bytes` is everything since the request's first byte; called again with more of the same.
  Progress scan(std::string_view bytes);

  // Of the head with its empty last line, once whole.
  [[nodiscard]] std::size_t head_size() const { return line_begin_; }

  [[nodiscard]] const Refusal& refusal() const { return refusal_; }

 private:
  Progress refuse(int status, std::string_view limit, std::string_view message);
  Progress scan_line(std::string_view line);
  Progress check_unfinished(std::string_view rest);

  const Limits* limits_;
  std::size_t line_begin_ = 0;
  std::size_t searched_ = 0;
  std::size_t lines_ = 0;  // finished ones, the request line included
  Refusal refusal_;
};

// The refusal of first bytes that are not HTTP/1.x: a TLS handshake, the preface of HTTP/2,
// HTTP/0.9. nullopt where they may still become HTTP/1.x.
std::optional<Refusal> refuse_other_protocol(std::string_view first_bytes);

}  // namespace http
