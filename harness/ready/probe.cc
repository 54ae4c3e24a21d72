#include "harness/ready/probe.h"

#include <algorithm>
#include <filesystem>

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

ProbeResult probe(const ServiceConfig& service, const std::string& url,
                  const Surroundings& surroundings, std::chrono::milliseconds timeout) {
  const ReadyConfig& ready = service.ready;
  const std::chrono::milliseconds usual = std::min(timeout, kProbeTimeout);
  switch (service.kind) {
    case ServiceKind::kPostgres:
      return probe_postgres(url, ready.role, ready.migration, usual);
    case ServiceKind::kRedis:
    case ServiceKind::kDragonfly:
      return probe_redis(url, ready.role, usual);
    case ServiceKind::kMockllm:
      return probe_http(url, "/readyz", {}, usual);
    case ServiceKind::kHttp:
      return probe_http(url, ready.path, ready.fatal_statuses, usual);
    case ServiceKind::kNats:
      return probe_nats(url, usual);
    case ServiceKind::kTcp:
      return probe_tcp(url, usual);
    case ServiceKind::kFile:
      return probe_file((std::filesystem::path(surroundings.directory) / ready.path).string());
    case ServiceKind::kCommand:
      return ready.run.empty()
                 ? ProbeResult{Readiness::kReady, "runs"}
                 : probe_command(ready.run, std::min(timeout, ready.check_timeout), surroundings);
    case ServiceKind::kKubernetes:
      return probe_kubernetes(ready.object, surroundings,
                              std::min(timeout, kKubernetesProbeTimeout));
  }
  return {Readiness::kNever, "no such kind of service"};
}

}  // namespace harness
