// ready: is a service ready, by its own protocol? And why not, told apart: not yet, or never.
//
// Siblings postgres.cc, redis.cc, http.cc, tcp.cc; waiter.h repeats one until a deadline.
// May include: common/{base,http/client}, harness/config.
#pragma once

#include <chrono>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "harness/config/config.h"

namespace harness {

enum class Readiness { kReady, kNotYet, kNever };

struct ProbeResult {
  Readiness readiness = Readiness::kNotYet;
  std::string reason;  // "connection refused", "password authentication failed for user app"; no credentials
};

inline constexpr std::chrono::milliseconds kProbeTimeout{2'000};

ProbeResult probe_postgres(const std::string& url, std::chrono::milliseconds timeout = kProbeTimeout);
ProbeResult probe_redis(const std::string& url, std::chrono::milliseconds timeout = kProbeTimeout);
// Ready at a 2xx of `path`.
ProbeResult probe_http(const std::string& url, const std::string& path, std::chrono::milliseconds timeout = kProbeTimeout);
ProbeResult probe(ServiceKind kind, const std::string& url, const std::string& ready_path);

// "postgresql://app:***@127.0.0.1:5432/app": what may be shown of a URL.
std::string masked_url(std::string_view url);

}  // namespace harness
