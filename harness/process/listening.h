// The ports on which a process listens, out of /proc.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

namespace harness {

inline constexpr std::size_t kListeningPortsMax = 16;  // that are told of one process

// "tcp 127.0.0.1:8080", "tcp [::1]:8080"; sorted. Empty where /proc does not tell.
std::vector<std::string> listening_ports_of(pid_t pid);

}  // namespace harness
