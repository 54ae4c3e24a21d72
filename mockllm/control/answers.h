// The responses of the control API: JSON, never cached.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/http/handler.h"

namespace mockllm {

// `json` is the whole body, without its line end.
[[nodiscard]] http::Response json_response(int status, std::string json);

// {"error": {"code": "...", "message": "..."}}
[[nodiscard]] http::Response error_response(int status, std::string_view code,
                                            std::string_view message);

// 405 with the methods that are allowed.
[[nodiscard]] http::Response method_not_allowed(const std::vector<std::string>& allowed);

}  // namespace mockllm
