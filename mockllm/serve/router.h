// From a path to what is asked for: /healthz, the control API, or a vendor's route, which is served
// at /v1/..., /... and /openai/v1/..., each also below /s/<session>. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mockllm {

struct Route {
  enum class Kind { kHealth, kReady, kMetrics, kControl, kApi };

  Kind kind = Kind::kApi;
  std::string_view session;  // of the prefix, empty where there is none
  std::string_view path;     // of kApi: "/chat/completions"
};

// Views into `path`, which has no query. One slash at the end does not count.
[[nodiscard]] Route route_of(std::string_view path);

// What follows `list` and a slash in `path`: the id of one item; nullopt where `path` is not such a
// path.
[[nodiscard]] std::optional<std::string> item_of(std::string_view path, std::string_view list);

}  // namespace mockllm
