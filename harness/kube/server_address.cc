#include "harness/kube/server_address.h"

#include <algorithm>
#include <charconv>
#include <optional>

#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::string_view kTls = "https://";
constexpr std::string_view kPlain = "http://";
constexpr std::size_t kUrlBytesMax = 2048;

bool is_port(std::string_view text) {
  unsigned port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  return error == std::errc() && end == text.data() + text.size() && port >= 1 && port <= 65'535;
}

bool is_host(std::string_view text, bool in_brackets) {
  return !text.empty() && std::all_of(text.begin(), text.end(), [&](char c) {
    const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    const bool digit = c >= '0' && c <= '9';
    return letter || digit || c == '.' || (in_brackets ? c == ':' : c == '-' || c == '_');
  });
}

bool is_path(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) {
    return c > ' ' && c < 0x7F && c != '?' && c != '#' && c != '\\';
  });
}

// "host", "host:443", "[::1]:443" into `address`.
bool take_authority(std::string_view text, ServerAddress& address) {
  std::string_view host = text;
  std::string_view rest;
  const bool in_brackets = text.starts_with('[');
  if (in_brackets) {
    const std::size_t end = text.find(']');
    if (end == std::string_view::npos) {
      return false;
    }
    host = text.substr(1, end - 1);
    rest = text.substr(end + 1);
  } else if (const std::size_t colon = text.find(':'); colon != std::string_view::npos) {
    host = text.substr(0, colon);
    rest = text.substr(colon);
  }
  if (!is_host(host, in_brackets) ||
      (!rest.empty() && (rest.front() != ':' || !is_port(rest.substr(1))))) {
    return false;
  }
  address.host = host;
  address.port = rest.empty() ? (address.tls ? "443" : "80") : std::string(rest.substr(1));
  address.authority = text;
  return true;
}

}  // namespace

std::string ServerAddress::name() const {
  const std::string shown = host.find(':') == std::string::npos ? host : "[" + host + "]";
  return std::string(tls ? kTls : kPlain) + shown + ":" + port;
}

base::Result<ServerAddress> parse_server(std::string_view url) {
  ServerAddress address;
  address.tls = url.starts_with(kTls);
  if ((!address.tls && !url.starts_with(kPlain)) || url.size() > kUrlBytesMax) {
    return base::invalid_input("expected a server like https://10.0.0.1:6443");
  }
  std::string_view rest = url.substr(address.tls ? kTls.size() : kPlain.size());
  const std::size_t slash = std::min(rest.find('/'), rest.size());
  const std::string_view authority = rest.substr(0, slash);
  std::string_view path = rest.substr(slash);
  if (authority.find('@') != std::string_view::npos) {
    return base::invalid_input(
        "a user and password in a server's URL are not supported: give the user a token or a "
        "client certificate");
  }
  if (!take_authority(authority, address) || !is_path(path)) {
    return base::invalid_input("expected a server like https://10.0.0.1:6443, got '" +
                               base::printable(url) + "'");
  }
  while (path.ends_with('/')) {
    path.remove_suffix(1);
  }
  address.path = path;
  return address;
}

}  // namespace harness
