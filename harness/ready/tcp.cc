#include <string>

#include "harness/config/url.h"
#include "harness/ready/line.h"
#include "harness/ready/probe.h"

namespace harness {

ProbeResult probe_tcp(const std::string& url, std::chrono::milliseconds timeout) {
  const UrlParts parts = split_url(url);
  if (parts.scheme != "tcp" || parts.host.empty() || parts.port == 0) {
    return {Readiness::kNever, "'" + masked_url(url) + "' is not tcp://host:port"};
  }
  const LineConnection connection(parts.host, parts.port, LineConnection::Clock::now() + timeout);
  return connection.failure().value_or(ProbeResult{Readiness::kReady, "accepts connections"});
}

}  // namespace harness
