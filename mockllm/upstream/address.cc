#include "mockllm/upstream/address.h"

#include <algorithm>
#include <charconv>

#include "common/base/text.h"

namespace mockllm {
namespace {

constexpr std::size_t kUrlBytesMax = 2'048;
constexpr std::string_view kHttp = "http://";
constexpr std::string_view kHttps = "https://";

bool is_host(std::string_view host) {
  return !host.empty() && std::all_of(host.begin(), host.end(), [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '.' ||
           c == '-' || c == '_' || c == ':';
  });
}

bool is_port(std::string_view port) {
  unsigned number = 0;
  const auto [end, code] = std::from_chars(port.data(), port.data() + port.size(), number);
  return code == std::errc() && end == port.data() + port.size() && number > 0 && number < 65'536;
}

// Not shown whole: what is wrong with it may be that it holds a password.
base::Error bad_url(std::string_view why) {
  return base::invalid_input("an upstream is http://HOST[:PORT][/PATH] or https://...; " +
                             std::string(why));
}

base::Result<Address> with_authority(Address address, std::string_view authority) {
  std::string_view host = authority;
  std::string_view port;
  const std::size_t colon = authority.rfind(':');
  const std::size_t bracket = authority.rfind(']');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    host = authority.substr(0, colon);
    port = authority.substr(colon + 1);
    if (!is_port(port)) {
      return bad_url("its port is none");
    }
  }
  const bool is_ipv6 = host.size() > 2 && host.front() == '[' && host.back() == ']';
  const std::string_view bare = is_ipv6 ? host.substr(1, host.size() - 2) : host;
  if (!is_host(bare) || (!is_ipv6 && bare.find(':') != std::string_view::npos)) {
    return bad_url("its host is none");
  }
  const std::string_view usual_port = address.tls ? "443" : "80";
  address.host = bare;
  address.port = port.empty() ? usual_port : port;
  address.authority = std::string(host) + (address.port == usual_port ? "" : ":" + address.port);
  return address;
}

}  // namespace

base::Result<Address> parse_address(std::string_view url) {
  Address address;
  address.tls = url.starts_with(kHttps);
  if (!address.tls && !url.starts_with(kHttp)) {
    return bad_url("another scheme was given");
  }
  const bool printable =
      std::all_of(url.begin(), url.end(), [](char c) { return c > ' ' && c < 0x7F; });
  if (url.size() > kUrlBytesMax || !printable) {
    return bad_url("it is too long, or holds spaces or characters that are not ASCII");
  }
  if (url.find_first_of("?#") != std::string_view::npos) {
    return bad_url("a query or fragment was given");
  }
  const std::string_view rest = url.substr(address.tls ? kHttps.size() : kHttp.size());
  const std::string_view authority = rest.substr(0, rest.find('/'));
  if (authority.find('@') != std::string_view::npos) {
    return bad_url("credentials were given; the key is named by --upstream-key-env");
  }
  address.path = rest.substr(authority.size());
  while (address.path.ends_with('/')) {
    address.path.pop_back();
  }
  return with_authority(std::move(address), authority);
}

}  // namespace mockllm
