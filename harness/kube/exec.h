// A program run in a container by pods/exec, over a WebSocket (v5.channel.k8s.io, else v4).
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/kube/api.h"

namespace harness {

struct ExecRequest {
  std::string namespace_name, pod, container;
  std::vector<std::string> command;
  std::chrono::milliseconds timeout{10'000};
};

struct ExecResult {
  int exit_code = -1;
  std::string error_output;        // capped at kExecErrorBytesMax
  std::optional<KubeError> error;  // it could not be run, or was cut off
};

inline constexpr std::size_t kExecErrorBytesMax = 64 * 1024;

// `output` gets the program's standard output in pieces, as they come.
ExecResult kube_exec(const KubeAccess& access, const base::Clock& clock, const ExecRequest& request,
                     const std::function<void(std::string_view piece)>& output);

}  // namespace harness
