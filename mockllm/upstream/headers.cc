#include "mockllm/upstream/headers.h"

#include <algorithm>
#include <array>
#include <vector>

#include "common/base/text.h"

namespace mockllm {
namespace {

// RFC 9110 7.6.1, and what proxies do not forward.
constexpr std::array<std::string_view, 10> kHopByHop = {"connection",
                                                        "keep-alive",
                                                        "proxy-connection",
                                                        "proxy-authenticate",
                                                        "proxy-authorization",
                                                        "te",
                                                        "trailer",
                                                        "transfer-encoding",
                                                        "upgrade",
                                                        "expect"};
constexpr std::array<std::string_view, 4> kCredentials = {"authorization", "api-key", "x-api-key",
                                                          "x-goog-api-key"};
// Written by us, or meant for us.
constexpr std::array<std::string_view, 6> kOurs = {"host",   "content-length", "accept-encoding",
                                                   "cookie", "x-mock-session", "baggage"};
constexpr std::array<std::string_view, 5> kNotHandedOn = {"content-length", "date", "set-cookie",
                                                          "alt-svc", "strict-transport-security"};

template <std::size_t Size>
bool is_among(std::string_view name, const std::array<std::string_view, Size>& names) {
  return std::any_of(names.begin(), names.end(), [&](std::string_view other) {
    return base::equals_ignoring_case(name, other);
  });
}

// The names that a Connection header makes hop-by-hop.
std::vector<std::string_view> named_by_connection(const std::vector<http::Header>& headers) {
  std::vector<std::string_view> names;
  for (const http::Header& header : headers) {
    if (base::equals_ignoring_case(header.name, "connection")) {
      for (const std::string_view name : base::split(header.value, ',')) {
        names.push_back(base::trimmed(name));
      }
    }
  }
  return names;
}

bool is_clean(std::string_view text) {
  return std::none_of(text.begin(), text.end(),
                      [](char c) { return c == '\r' || c == '\n' || c == '\0'; });
}

void append_header(std::string& out, std::string_view name, std::string_view value) {
  if (is_clean(name) && is_clean(value)) {
    out.append(name).append(": ").append(value).append("\r\n");
  }
}

void append_forwarded(std::string& out, const std::vector<http::Header>& headers,
                      bool with_credentials) {
  const std::vector<std::string_view> dropped = named_by_connection(headers);
  for (const http::Header& header : headers) {
    const bool by_connection = std::any_of(
        dropped.begin(), dropped.end(),
        [&](std::string_view name) { return base::equals_ignoring_case(header.name, name); });
    const bool is_credential = is_among(header.name, kCredentials);
    if (!by_connection && !is_among(header.name, kHopByHop) && !is_among(header.name, kOurs) &&
        (with_credentials || !is_credential)) {
      append_header(out, header.name, header.value);
    }
  }
}

}  // namespace

std::string request_bytes(const UpstreamRequest& request, const Address& address,
                          std::string_view key) {
  std::string out;
  out.reserve(request.body.size() + 1'024);
  out.append(request.method)
      .append(" ")
      .append(address.path)
      .append(request.path)
      .append(" HTTP/1.1\r\n");
  append_header(out, "Host", address.authority);
  if (request.headers != nullptr) {
    append_forwarded(out, *request.headers, key.empty());
  }
  if (!key.empty()) {
    append_header(out, "Authorization", "Bearer " + std::string(key));
  }
  // What is recorded is what people read and what is replayed to clients that may not unpack it.
  append_header(out, "Accept-Encoding", "identity");
  append_header(out, "Connection", "close");
  append_header(out, "Content-Length", std::to_string(request.body.size()));
  out += "\r\n";
  out += request.body;
  return out;
}

bool is_handed_on(std::string_view name) {
  return !is_among(name, kHopByHop) && !is_among(name, kNotHandedOn);
}

}  // namespace mockllm
