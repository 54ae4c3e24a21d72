#include "mockllm/serve/incoming.h"

#include <algorithm>
#include <charconv>

#include "common/base/text.h"

namespace mockllm {
namespace {

constexpr int kRetryMax = 1'000'000;

int number_of(std::string_view text) {
  int number = 0;
  const auto [end, code] = std::from_chars(text.data(), text.data() + text.size(), number);
  const bool whole = code == std::errc() && end == text.data() + text.size();
  return whole ? std::clamp(number, 0, kRetryMax) : 0;
}

// The token of "Bearer <token>"; the scheme in any case.
std::string_view bearer_token(std::string_view authorization) {
  constexpr std::string_view kScheme = "bearer ";
  if (!base::equals_ignoring_case(authorization.substr(0, kScheme.size()), kScheme)) {
    return {};
  }
  return base::trimmed(authorization.substr(kScheme.size()));
}

}  // namespace

Incoming read_incoming(const http::Request& request, std::string_view prefix) {
  Incoming incoming;
  incoming.selection.prefix = prefix;
  const auto is = [](const http::Header& header, std::string_view name) {
    return header.name.size() == name.size() && base::equals_ignoring_case(header.name, name);
  };
  for (const http::Header& header : request.headers) {
    if (is(header, "authorization")) {
      incoming.selection.key = bearer_token(header.value);
    } else if (is(header, "baggage")) {
      incoming.selection.baggage = header.value;
    } else if (is(header, "x-mock-session")) {
      incoming.selection.header = header.value;
    } else if (is(header, "idempotency-key")) {
      incoming.idempotency_key = header.value;
    } else if (is(header, "x-stainless-retry-count")) {
      incoming.retry = number_of(header.value);
    }
  }
  return incoming;
}

}  // namespace mockllm
