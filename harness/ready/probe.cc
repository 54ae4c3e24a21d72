#include "harness/ready/probe.h"

namespace harness {

std::string_view name_of(Readiness readiness) {
  switch (readiness) {
    case Readiness::kReady:
      return "ready";
    case Readiness::kNotYet:
      return "not yet";
    case Readiness::kNever:
      return "never";
  }
  return "never";
}

ProbeResult probe(ServiceKind kind, const std::string& url, const std::string& ready_path,
                  std::chrono::milliseconds timeout) {
  switch (kind) {
    case ServiceKind::kPostgres:
      return probe_postgres(url, timeout);
    case ServiceKind::kRedis:
      return probe_redis(url, timeout);
    case ServiceKind::kMockllm:
      return probe_http(url, "/readyz", timeout);
    case ServiceKind::kHttp:
      return probe_http(url, ready_path, timeout);
  }
  return {Readiness::kNever, "no such kind of service"};
}

}  // namespace harness
