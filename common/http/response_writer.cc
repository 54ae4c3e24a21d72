#include "common/http/response_writer.h"

#include <time.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>

#include "common/base/text.h"

namespace http {
namespace {

bool is_token_byte(char byte) {
  return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
         (byte >= '0' && byte <= '9') ||
         std::string_view("!#$%&'*+-.^_`|~").find(byte) != std::string_view::npos;
}

bool is_name(std::string_view name) {
  return !name.empty() && std::all_of(name.begin(), name.end(), is_token_byte);
}

bool is_value(std::string_view value) {
  return std::none_of(value.begin(), value.end(),
                      [](char byte) { return byte == '\r' || byte == '\n' || byte == '\0'; });
}

// The engine's own. A handler that repeats a recorded head may bring them along; they do not count.
bool is_framing(std::string_view name) {
  switch (name.size()) {
    case 4:
      return base::equals_ignoring_case(name, "date");
    case 10:
      return base::equals_ignoring_case(name, "connection") ||
             base::equals_ignoring_case(name, "keep-alive");
    case 14:
      return base::equals_ignoring_case(name, "content-length");
    case 17:
      return base::equals_ignoring_case(name, "transfer-encoding");
    default:
      return false;
  }
}

void append_number(std::string& out, std::size_t number, int radix) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, radix).ptr;
  out.append(digits.data(), static_cast<std::size_t>(end - digits.data()));
}

void append_status_line(std::string& out, int status) {
  if (status == 200) {
    out.append("HTTP/1.1 200 OK\r\n");
    return;
  }
  out.append("HTTP/1.1 ");
  append_number(out, static_cast<std::size_t>(status), 10);
  out.append(" ").append(reason_phrase(status)).append("\r\n");
}

void append_framing(std::string& out, const Response& response, const Framing& framing) {
  if (!framing.keep_alive) {
    out.append("Connection: close\r\n");
  } else if (framing.http10) {
    out.append("Connection: keep-alive\r\n");
  }
  if (framing.chunked(response)) {
    out.append("Transfer-Encoding: chunked\r\n");
  } else if (!response.streamed && Framing::may_have_body(response.status)) {
    out.append("Content-Length: ");
    append_number(out, response.body.size(), 10);
    out.append("\r\n");
  }
}

}  // namespace

std::string_view DateLine::at(base::WallTime now) {
  const std::int64_t second =
      std::chrono::floor<std::chrono::seconds>(now).time_since_epoch().count();
  if (second != second_) {
    static constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
    static constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
    const time_t time = second;
    tm parts{};
    ::gmtime_r(&time, &parts);
    std::array<char, 32> rest;  // not %a and %b: those follow the locale
    const std::size_t day_size = ::strftime(rest.data(), rest.size(), "%d ", &parts);
    line_.assign("Date: ").append(kDays[static_cast<std::size_t>(parts.tm_wday)]).append(", ");
    line_.append(rest.data(), day_size).append(kMonths[static_cast<std::size_t>(parts.tm_mon)]);
    const std::size_t size = ::strftime(rest.data(), rest.size(), " %Y %H:%M:%S GMT\r\n", &parts);
    line_.append(rest.data(), size);
    second_ = second;
  }
  return line_;
}

std::size_t append_head(std::string& out, const Response& response, const Framing& framing,
                        std::string_view date_line) {
  std::size_t dropped = 0;
  append_status_line(out, response.status);
  out.append(date_line);
  for (const auto& [name, value] : response.headers) {
    if (is_framing(name)) {
      continue;
    }
    if (!is_name(name) || !is_value(value)) {
      ++dropped;
      continue;
    }
    out.append(name).append(": ").append(value).append("\r\n");
  }
  append_framing(out, response, framing);
  out.append("\r\n");
  return dropped;
}

void append_chunk(std::string& out, std::string_view bytes) {
  if (bytes.empty()) {
    return;
  }
  append_number(out, bytes.size(), 16);
  out.append("\r\n").append(bytes).append("\r\n");
}

}  // namespace http
