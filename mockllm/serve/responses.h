// Heads and bodies of answers. The same seed gives the same headers, but for openai-processing-ms.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/http/handler.h"
#include "mockllm/conversation/reply.h"
#include "mockllm/wire/protocol.h"

namespace mockllm {

inline constexpr std::string_view kJsonType = "application/json";

// The headers that the service sends with every answer of its API.
struct ApiHead {
  std::uint64_t seed = 0;           // of x-request-id
  base::Nanoseconds processing{0};  // from the request to the answer's head
};

[[nodiscard]] http::Response api_response(int status, std::string_view type, const ApiHead& head);
[[nodiscard]] http::Response error_response(const Protocol& protocol, const WireError& error,
                                            const ApiHead& head, std::string_view members = {});

// What a fixture's error says, in the vendor's terms.
[[nodiscard]] WireError wire_error_of(const ReplyError& error);

[[nodiscard]] WireError unknown_url(std::string_view method, std::string_view path);
[[nodiscard]] WireError wrong_method(std::string_view allowed);
[[nodiscard]] WireError wrong_key(std::string_view key);

// A page that is not part of the vendor's API.
[[nodiscard]] http::Response page(int status, std::string_view type, std::string body);

}  // namespace mockllm
