// KubeError out of what a server or the transport said.
#pragma once

#include <string_view>

#include "common/base/error.h"
#include "harness/kube/api.h"

namespace harness {

inline constexpr int kStatusUnauthorized = 401;
inline constexpr int kStatusNotFound = 404;
inline constexpr int kStatusGone = 410;
inline constexpr int kStatusTooManyRequests = 429;

// `body` is a Status object, or what a proxy in between wrote.
KubeError refused(int status, std::string_view body);
KubeError refused(const nlohmann::json& status_object);

// No answer came, or none that can be read.
KubeError unanswered(const base::Error& error);

}  // namespace harness
