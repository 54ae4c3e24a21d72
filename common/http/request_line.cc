#include "common/http/request_line.h"

#include <algorithm>

#include "common/base/text.h"

namespace http {
namespace {

bool is_digit(char byte) {
  return byte >= '0' && byte <= '9';
}

// The part from the path on, or nullopt: only http and https name something that we could serve.
std::optional<std::string_view> without_authority(std::string_view target) {
  const std::size_t scheme_end = target.find("://");
  if (scheme_end == std::string_view::npos) {
    return std::nullopt;
  }
  const std::string_view scheme = target.substr(0, scheme_end);
  if (!base::equals_ignoring_case(scheme, "http") && !base::equals_ignoring_case(scheme, "https")) {
    return std::nullopt;
  }
  const std::string_view rest = target.substr(scheme_end + 3);
  const std::size_t authority_end = std::min(rest.find_first_of("/?"), rest.size());
  const std::string_view authority = rest.substr(0, authority_end);
  if (authority.empty() || !is_host(authority)) {
    return std::nullopt;
  }
  return rest.substr(authority_end);
}

bool is_clean(std::string_view target) {
  return std::none_of(target.begin(), target.end(), [](char byte) {
    return byte <= ' ' || byte >= '\x7f' || byte == '#' || byte == '"' || byte == '<' ||
           byte == '>' || byte == '\\' || byte == '^' || byte == '`' || byte == '{' ||
           byte == '|' || byte == '}';
  });
}

}  // namespace

bool is_host(std::string_view value) {
  return std::all_of(value.begin(), value.end(), [](char byte) {
    return is_digit(byte) || (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           std::string_view("-._~:[]%!$&'()*+;=").find(byte) != std::string_view::npos;
  });
}

std::optional<Refusal> read_request_line(std::string_view method, std::string_view target,
                                         Request& request) {
  if (method == "CONNECT") {
    return Refusal{405, {}, "this is not a proxy", "CONNECT"};
  }
  if (target == "*") {
    return method == "OPTIONS"
               ? Refusal{501, {}, "options of the server as a whole are not supported", "OPTIONS *"}
               : Refusal{400, {}, "the target * goes with OPTIONS only", "the target *"};
  }
  if (!is_clean(target)) {
    return Refusal{400, {}, "the target holds a byte that must be percent-encoded", {}};
  }
  if (target[0] != '/') {
    const std::optional<std::string_view> local = without_authority(target);
    if (!local) {
      return Refusal{400, {}, "the target is neither a path nor an http address", {}};
    }
    target = *local;
  }
  request.method = method;
  request.target = target;
  const std::size_t mark = target.find('?');
  request.path = target.substr(0, mark);
  request.query = mark == std::string_view::npos ? std::string_view() : target.substr(mark + 1);
  if (request.path.empty()) {
    request.path = "/";
  }
  if (request.target.empty()) {
    request.target = "/";
  }
  return std::nullopt;
}

Refusal refuse_request_line(std::string_view line) {
  const std::string_view version = line.substr(std::min(line.rfind(' ') + 1, line.size()));
  const bool other_version = version.size() == 8 && version.starts_with("HTTP/") &&
                             is_digit(version[5]) && version[6] == '.' && is_digit(version[7]) &&
                             version != "HTTP/1.0" && version != "HTTP/1.1";
  if (other_version) {
    return {505, {}, "only HTTP/1.0 and HTTP/1.1 are served", "another version of HTTP"};
  }
  return {400, {}, "the request line is not HTTP/1.1", {}};
}

}  // namespace http
