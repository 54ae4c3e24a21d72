#include "harness/kube/pulse.h"

#include <memory>
#include <stop_token>
#include <utility>

#include "harness/kube/client.h"
#include "harness/kube/errors.h"
#include "harness/kube/outage.h"
#include "harness/kube/pause.h"

namespace harness {
namespace {

constexpr int kServerFailure = 500;

bool is_away(const Fetched& fetched) {
  return fetched.error && (fetched.error->unreachable() || fetched.error->status >= kServerFailure);
}

void ask_on_and_on(const std::stop_token& stop, const KubeAccess& access, const base::Clock& clock,
                   const PulseSink& sink, const PulseLimits& limits) {
  Outage outage(sink.lost, sink.found);
  const base::Result<std::unique_ptr<KubeClient>> client =
      KubeClient::make(access, clock, limits.request, stop);
  if (!client) {
    outage.lost(unanswered(client.error()));
    return;
  }
  do {
    const Fetched fetched = (*client)->fetch({"GET", "/version", "", ""});
    if (stop.stop_requested()) {
      return;
    }
    if (is_away(fetched)) {
      outage.lost(*fetched.error);
    } else {
      outage.found();
    }
  } while (pause_for(limits.interval, stop));
}

}  // namespace

KubePulse::KubePulse(const KubeAccess& access, const base::Clock& clock, PulseSink sink,
                     const PulseLimits& limits)
    : thread_([access, &clock, sink = std::move(sink), limits](const std::stop_token& stop) {
        ask_on_and_on(stop, access, clock, sink, limits);
      }) {}

}  // namespace harness
