// The verdict in the few bytes that the kubelet keeps of a container's end.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace harness {

// Of one container; the kubelet cuts what is longer.
inline constexpr std::size_t kTerminationBytesMax = 4'096;

// `verdict_json` as far as it fits: long reasons are shortened, then the last of them are left out
// ("and 3 more"), then members that others can tell. Always JSON with verdict and exit_code.
[[nodiscard]] std::string termination_message(std::string_view verdict_json);

}  // namespace harness
