// ready: is a service ready, by its own protocol? And why not, told apart: not yet, or never.
//
// Doors: one function per kind, siblings in postgres.cc, redis.cc, http.cc; probe() chooses;
// waiter.h repeats one until a deadline. May include: common/{base,http,http/client},
// harness/config.
#pragma once

#include <chrono>
#include <string>
#include <string_view>

#include "harness/config/config.h"

namespace harness {

enum class Readiness {
  kReady,
  kNotYet,  // refused, no such host, starting, loading: waiting may help
  kNever,   // a wrong password, no such database, another protocol: waiting will not
};
std::string_view name_of(Readiness readiness);  // "ready", "not yet", "never"

struct ProbeResult {
  Readiness readiness = Readiness::kNotYet;
  std::string reason;  // "connection refused", "password authentication failed for user app"; no
                       // credentials
};

// Of one probe as a whole, however slowly its peer answers.
inline constexpr std::chrono::milliseconds kProbeTimeout{2'000};

// A real login and SELECT 1. `url` may be libpq's "host=... dbname=..." too.
ProbeResult probe_postgres(const std::string& url,
                           std::chrono::milliseconds timeout = kProbeTimeout);

// AUTH where the URL has a password, SELECT where it has a database, then PING.
ProbeResult probe_redis(const std::string& url, std::chrono::milliseconds timeout = kProbeTimeout);

// Ready at a 2xx of `path`.
ProbeResult probe_http(const std::string& url, const std::string& path,
                       std::chrono::milliseconds timeout = kProbeTimeout);

// `ready_path` is for http alone; mockllm has its own.
ProbeResult probe(ServiceKind kind, const std::string& url, const std::string& ready_path,
                  std::chrono::milliseconds timeout = kProbeTimeout);

}  // namespace harness
