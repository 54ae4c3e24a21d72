// Who may call the control API: who holds the token, or a program on this machine that is no
// foreign page.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/http/message.h"

namespace mockllm {

struct Refusal {
  int status = 403;
  std::string code;
  std::string message;
};

// nullopt: it may. With a token, it is asked for (401); without one, Host must be a loopback name
// or among `hosts`, so that a name that was rebound to this machine gets nothing. A page of another
// origin gets 403 either way.
std::optional<Refusal> refuse_caller(const http::Request& request, std::string_view token,
                                     const std::vector<std::string>& hosts);

}  // namespace mockllm
