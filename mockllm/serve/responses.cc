#include "mockllm/serve/responses.h"

#include <algorithm>
#include <utility>

#include "common/base/random.h"
#include "common/base/text.h"

namespace mockllm {
namespace {

constexpr std::size_t kShownBytesMax = 200;

std::string request_id(std::uint64_t seed) {
  std::string id = "req_";
  id.reserve(36);
  base::SeededRandom(base::mix(seed, 1)).append(id, 32, "0123456789abcdef");
  return id;
}

std::string milliseconds(base::Nanoseconds duration) {
  const auto whole = std::chrono::duration_cast<std::chrono::milliseconds>(duration).count();
  return std::to_string(std::max<std::int64_t>(1, whole));  // The service never says 0.
}

}  // namespace

http::Response api_response(int status, std::string_view type, const ApiHead& head) {
  http::Response response;
  response.status = status;
  response.headers.reserve(6);
  response.headers.emplace_back("content-type", type);
  response.headers.emplace_back("x-request-id", request_id(head.seed));
  response.headers.emplace_back("openai-processing-ms", milliseconds(head.processing));
  response.headers.emplace_back("openai-version", "2020-10-01");
  return response;
}

http::Response error_response(const Protocol& protocol, const WireError& error, const ApiHead& head,
                              std::string_view members) {
  http::Response response = api_response(error.status, kJsonType, head);
  protocol.encode_error(error, members, response.body);
  return response;
}

WireError wire_error_of(const ReplyError& error) {
  const auto or_none = [](const std::string& text) {
    return text.empty() ? std::nullopt : std::optional(text);
  };
  return {error.status, error.type, or_none(error.param), or_none(error.code), error.message};
}

WireError unknown_url(std::string_view method, std::string_view path) {
  WireError error;
  error.status = 404;
  error.message = "Invalid URL (" + base::shortened(method, kShownBytesMax) + " " +
                  base::shortened(path, kShownBytesMax) + ")";
  return error;
}

WireError wrong_method(std::string_view allowed) {
  WireError error;
  error.status = 405;
  error.code = "method_not_supported";
  error.message = "Only " + std::string(allowed) + " requests are accepted.";
  return error;
}

WireError wrong_key(std::string_view key) {
  WireError error;
  error.status = 401;
  if (key.empty()) {
    error.message =
        "You didn't provide an API key. You need to provide your API key in an Authorization "
        "header "
        "using Bearer auth (i.e. Authorization: Bearer YOUR_KEY), or as the password field (with "
        "blank username) if you're accessing the API from your browser and are prompted for a "
        "username and password. You can obtain an API key from "
        "https://platform.openai.com/account/api-keys.";
    return error;
  }
  constexpr std::size_t kShownStart = 5;
  constexpr std::size_t kShownEnd = 2;
  // Of a short key nothing is shown: the rest would be easy to guess.
  const bool is_long = key.size() >= 4 * (kShownStart + kShownEnd);
  error.code = "invalid_api_key";
  error.message = "Incorrect API key provided: ";
  error.message += is_long ? std::string(key.substr(0, kShownStart)) : std::string();
  error.message += "***";
  error.message += is_long ? std::string(key.substr(key.size() - kShownEnd)) : std::string();
  error.message += ". You can find your API key at https://platform.openai.com/account/api-keys.";
  return error;
}

http::Response page(int status, std::string_view type, std::string body) {
  http::Response response;
  response.status = status;
  response.headers.emplace_back("content-type", type);
  response.body = std::move(body);
  return response;
}

}  // namespace mockllm
