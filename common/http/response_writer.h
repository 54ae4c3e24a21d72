// From a Response to the bytes of its head, and the framing of streamed bodies. Nothing a handler
// says can add a line to a head.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/http/handler.h"

namespace http {

// "Date: Sun, 22 Nov 2026 10:00:00 GMT\r\n", made once a second.
class DateLine {
 public:
  std::string_view at(base::WallTime now);

 private:
  std::int64_t second_ = -1;
  std::string line_;
};

// How the end of an answer is told to the peer.
struct Framing {
  bool http10 = false;
  bool head_only = false;  // an answer to HEAD
  bool keep_alive = true;  // the connection lives on

  [[nodiscard]] bool chunked(const Response& response) const {
    return response.streamed && !http10 && may_have_body(response.status);
  }

  [[nodiscard]] static bool may_have_body(int status) {
    return status >= 200 && status != 204 && status != 304;
  }
};

// Appends status line and headers; the body of a response that is not streamed follows at once.
// Returns how many headers were dropped because they could have split the head.
std::size_t append_head(std::string& out, const Response& response, const Framing& framing,
                        std::string_view date_line);

// Appends one chunk; nothing for no bytes, which would be the end.
void append_chunk(std::string& out, std::string_view bytes);
inline constexpr std::string_view kLastChunk = "0\r\n\r\n";
inline constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

}  // namespace http
