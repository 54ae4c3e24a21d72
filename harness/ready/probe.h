// ready: is a service ready, by its own protocol? And why not, told apart: not yet, or never.
//
// Doors: probe() here, over one function per kind, siblings in a file each; waiter.h repeats one
// until a deadline; told.h says in words what was seen. A probe blocks for its time at most, holds
// nothing afterwards, and may be made from any thread. May include:
// common/{base,http,http/client}, harness/{config,process,kube}.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/env.h"
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
                       // credentials of the URL. A command's own words may hold others.
};

// Of one probe as a whole, however slowly its peer answers. A command has its own.
inline constexpr std::chrono::milliseconds kProbeTimeout{2'000};
inline constexpr std::chrono::milliseconds kKubernetesProbeTimeout{5'000};

// What a command and a cluster's object are found by. The references outlive every probe.
struct Surroundings {
  const base::Environment& environment;  // a command inherits it; KUBECONFIG, HOME
  const base::Clock& clock;
  std::string directory;  // what relative paths start from
};

// A real login and SELECT 1. `url` may be libpq's "host=... dbname=..." too. A server of another
// role than wanted, or below the wanted migration, is not ready yet: both change.
ProbeResult probe_postgres(const std::string& url, ServerRole role = ServerRole::kAny,
                           long migration = 0, std::chrono::milliseconds timeout = kProbeTimeout);

// AUTH where the URL has a password, SELECT where it has a database, PING; where a role is wanted,
// ROLE. Dragonfly speaks the same.
ProbeResult probe_redis(const std::string& url, ServerRole role = ServerRole::kAny,
                        std::chrono::milliseconds timeout = kProbeTimeout);

// Ready at a 2xx of `path`; never at one of the fatal statuses.
ProbeResult probe_http(const std::string& url, const std::string& path,
                       const std::vector<int>& fatal_statuses = {},
                       std::chrono::milliseconds timeout = kProbeTimeout);

// INFO, CONNECT with what the URL has ("nats://user:password@host", "nats://token@host"), PING and
// its PONG.
ProbeResult probe_nats(const std::string& url, std::chrono::milliseconds timeout = kProbeTimeout);

// Somebody accepts connections at tcp://host:port.
ProbeResult probe_tcp(const std::string& url, std::chrono::milliseconds timeout = kProbeTimeout);

// A file that is there and not empty.
ProbeResult probe_file(const std::string& path);

// Ready where the program ends with 0 in time. It has a process group of its own, which is gone
// afterwards. Never where there is no such program; 126 and 127 are a shell's words for that.
ProbeResult probe_command(const std::vector<std::string>& argv, std::chrono::milliseconds timeout,
                          const Surroundings& surroundings);

// The object exists, and the condition is true of the generation that it has now.
ProbeResult probe_kubernetes(const ClusterObject& object, const Surroundings& surroundings,
                             std::chrono::milliseconds timeout = kKubernetesProbeTimeout);

// By the service's kind, `url` being where it is (empty for a kind without one). A probe takes
// `timeout` or its kind's own time, whichever is less.
ProbeResult probe(const ServiceConfig& service, const std::string& url,
                  const Surroundings& surroundings,
                  std::chrono::milliseconds timeout = std::chrono::minutes(1));

}  // namespace harness
