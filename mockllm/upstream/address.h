// Where the upstream is: read once from the command line, and from nothing that a client sends.
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.h"

namespace mockllm {

struct Address {
  bool tls = false;
  std::string host;  // of an IPv6 address without its brackets
  std::string port;
  std::string path;       // before each request's path; without '/' at its end
  std::string authority;  // for the Host header: without the scheme's own port
};

// "https://api.openai.com/v1". kInvalidInput: another scheme, credentials, a query or a fragment in
// it.
base::Result<Address> parse_address(std::string_view url);

}  // namespace mockllm
