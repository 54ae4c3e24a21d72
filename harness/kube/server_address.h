// The address of an API server, taken apart.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.h"

namespace harness {

struct ServerAddress {
  bool tls = false;
  std::string host;  // without the brackets of an IPv6 address
  std::string port;
  std::string path;       // "" or "/k8s/clusters/c-1": goes before every path of the API
  std::string authority;  // as the Host header has it

  // "https://10.96.0.1:443": what errors call it.
  [[nodiscard]] std::string name() const;
};

// The error does not repeat the URL where it holds a password.
base::Result<ServerAddress> parse_server(std::string_view url);

}  // namespace harness
