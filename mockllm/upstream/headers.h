// Which headers go through, and the bytes of a request to the upstream.
#pragma once

#include <string>
#include <string_view>

#include "common/http/message.h"
#include "mockllm/upstream/address.h"
#include "mockllm/upstream/upstream.h"

namespace mockllm {

// The head and body as they are sent. With a key, no credential of the application is in it; what
// is meant for one connection or for this server never is.
std::string request_bytes(const UpstreamRequest& request, const Address& address,
                          std::string_view key);

// Whether a header of the answer is handed on: not what belongs to one connection, nor what our
// engine says itself, nor a cookie.
[[nodiscard]] bool is_handed_on(std::string_view name);

}  // namespace mockllm
