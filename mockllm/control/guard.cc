#include "mockllm/control/guard.h"

#include <algorithm>

#include "common/base/text.h"

namespace mockllm {
namespace {

constexpr std::string_view kBearer = "bearer ";

// "[::1]:4010" -> "[::1]", "localhost:4010" -> "localhost"
std::string_view without_port(std::string_view authority) {
  if (authority.starts_with('[')) {
    const std::size_t end = authority.find(']');
    return end == std::string_view::npos ? authority : authority.substr(0, end + 1);
  }
  return authority.substr(0, authority.find(':'));
}

bool is_loopback_address(std::string_view host) {
  const std::vector<std::string_view> parts = base::split(host, '.');
  return parts.size() == 4 && parts.front() == "127" &&
         std::all_of(parts.begin(), parts.end(), [](std::string_view part) {
           return !part.empty() && part.size() <= 3 &&
                  part.find_first_not_of("0123456789") == std::string_view::npos;
         });
}

bool is_loopback_name(std::string_view host) {
  return base::equals_ignoring_case(host, "localhost") || host == "[::1]" ||
         is_loopback_address(host);
}

std::string_view token_of(const http::Request& request) {
  const std::string_view value = request.header("authorization");
  const bool bearer = value.size() > kBearer.size() &&
                      base::equals_ignoring_case(value.substr(0, kBearer.size()), kBearer);
  return bearer ? base::trimmed(value.substr(kBearer.size())) : std::string_view();
}

// A browser says where a page comes from; other programs do not. Our own page has our own
// authority.
bool is_foreign_page(const http::Request& request) {
  const std::string_view site = request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin" && site != "none") {
    return true;
  }
  const std::string_view origin = request.header("origin");
  if (origin.empty()) {
    return false;
  }
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos ||
         !base::equals_ignoring_case(origin.substr(scheme + 3), request.header("host"));
}

}  // namespace

std::optional<Refusal> refuse_caller(const http::Request& request, std::string_view token,
                                     const std::vector<std::string>& hosts) {
  if (is_foreign_page(request)) {
    return Refusal{403, "foreign_origin",
                   "a page of another origin may not call the control API (origin " +
                       base::printable(base::shortened(request.header("origin"), 200)) + ")"};
  }
  if (!token.empty()) {
    if (base::equals_in_constant_time(token_of(request), token)) {
      return std::nullopt;
    }
    return Refusal{401, "token_required",
                   "the control token is expected as authorization: Bearer TOKEN"};
  }
  const std::string_view host = without_port(request.header("host"));
  const bool known =
      is_loopback_name(host) || std::any_of(hosts.begin(), hosts.end(), [&](const auto& name) {
        return base::equals_ignoring_case(name, host);
      });
  if (known) {
    return std::nullopt;
  }
  return Refusal{403, "unknown_host",
                 "the control API is not called by the name " +
                     base::json_quoted(base::shortened(host, 200)) +
                     "; set MOCKLLM_CONTROL_TOKEN, or call it by a loopback name"};
}

}  // namespace mockllm
