// http: from bytes on a socket to a Request, and from a Response to bytes on a socket. Knows no
// JSON and no models.
//
// Doors: handler.h is the seam to the program; server.h listens; client/client.h asks others.
// May include: common/base.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace http {

struct Header {
  std::string_view name;  // as the client wrote it
  std::string_view value;
};

// A whole request. Everything in it points into the connection's buffer and lives until the handler
// returns; who needs more copies it.
struct Request {
  std::string_view method;
  std::string_view target;  // as sent, without scheme and authority
  std::string_view path;    // of the target, not percent-decoded
  std::string_view query;   // without '?', empty where none
  std::vector<Header> headers;
  std::string_view body;  // chunked coding removed
  std::string_view peer;  // "127.0.0.1:51234"

  // The first header of that name, in any case; empty where none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

// What a handler answers with. The engine adds Date, Connection, and Content-Length or
// Transfer-Encoding. Names and values with CR, LF or NUL are dropped by the engine and counted:
// nothing splits a header.
using Headers = std::vector<std::pair<std::string, std::string>>;

std::string_view reason_phrase(int status);

}  // namespace http
