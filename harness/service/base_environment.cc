#include "harness/service/base_environment.h"

#include <algorithm>
#include <array>
#include <set>
#include <vector>

namespace harness {
namespace {

constexpr std::array<std::string_view, 4> kPrefixes{"GTEST_", "PYTEST_", "TESTBRIDGE_", "ACTIONS_"};

constexpr std::array<std::string_view, 13> kNames{"XML_OUTPUT_FILE",
                                                  "TEST_TOTAL_SHARDS",
                                                  "TEST_SHARD_INDEX",
                                                  "TEST_SHARD_STATUS_FILE",
                                                  "TEST_PREMATURE_EXIT_FILE",
                                                  "TEST_WARNINGS_OUTPUT_FILE",
                                                  "TEST_SRCDIR",
                                                  "TEST_TMPDIR",
                                                  "TEST_TARGET",
                                                  "LD_PRELOAD",
                                                  "GITHUB_TOKEN",
                                                  "MOCKLLM_CONTROL_TOKEN",
                                                  "DRYDOCK_NONCE"};

constexpr std::string_view kHostSuffix = "_SERVICE_HOST";

bool is_steering(std::string_view name) {
  return std::find(kNames.begin(), kNames.end(), name) != kNames.end() ||
         std::any_of(kPrefixes.begin(), kPrefixes.end(),
                     [&](std::string_view prefix) { return name.starts_with(prefix); });
}

// Kubernetes writes a set of variables for each Service of the namespace, named after it:
// REDIS_PORT becomes "tcp://10.0.0.1:6379" for an application that expects a number there.
std::set<std::string> linked_services(const base::Environment& own) {
  std::set<std::string> services;
  for (const auto& [name, value] : own.all()) {
    if (name.size() > kHostSuffix.size() && name.ends_with(kHostSuffix)) {
      const std::string service = name.substr(0, name.size() - kHostSuffix.size());
      if (service != "KUBERNETES" && own.get(service + "_SERVICE_PORT").has_value()) {
        services.insert(service);
      }
    }
  }
  return services;
}

bool is_link(std::string_view name, std::string_view value, const std::set<std::string>& services) {
  return std::any_of(services.begin(), services.end(), [&](const std::string& service) {
    if (!name.starts_with(service)) {
      return false;
    }
    const std::string_view rest = name.substr(service.size());
    return rest == kHostSuffix || rest == "_SERVICE_PORT" || rest.starts_with("_SERVICE_PORT_") ||
           ((rest == "_PORT" || rest.starts_with("_PORT_")) &&
            (value.find("://") != std::string_view::npos || rest != "_PORT"));
  });
}

}  // namespace

base::Environment base_environment(const base::Environment& own,
                                   std::string_view upstream_key_variable) {
  const std::set<std::string> services = linked_services(own);
  base::Environment kept;
  for (const auto& [name, value] : own.all()) {
    if (name != upstream_key_variable && !is_steering(name) && !is_link(name, value, services)) {
      kept.set(name, value);
    }
  }
  if (!kept.has("TZ")) {
    kept.set("TZ", "UTC");
  }
  return kept;
}

}  // namespace harness
