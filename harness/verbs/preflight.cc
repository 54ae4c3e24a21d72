#include "harness/verbs/preflight.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <future>
#include <thread>

#include <nlohmann/json.hpp>

#include "common/base/text.h"
#include "harness/config/url.h"
#include "harness/ready/probe.h"

namespace harness {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::chrono::milliseconds kPause{100};

bool is_tcp(const std::string& url) {
  const UrlParts parts = split_url(url);
  return parts.scheme == "tcp" && parts.user.empty() && !parts.host.empty() && parts.port != 0 &&
         parts.path.empty();
}

// Refused or unreachable is no silence yet: a service that is new is known to each node a little
// later.
ProbeResult try_until(const std::string& url, std::chrono::milliseconds timeout,
                      const base::Clock& clock) {
  const base::MonoTime end = clock.mono() + timeout;
  for (;;) {
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(end - clock.mono());
    ProbeResult result = probe_tcp(url, std::max(left, kPause));
    if (result.readiness == Readiness::kReady || clock.mono() + kPause >= end) {
      return result;
    }
    std::this_thread::sleep_for(kPause);
  }
}

std::vector<Reach> try_all(const std::vector<std::string>& urls, std::chrono::milliseconds timeout,
                           const base::Clock& clock) {
  std::vector<std::future<ProbeResult>> probes;
  probes.reserve(urls.size());
  for (const std::string& url : urls) {
    probes.push_back(std::async(std::launch::async, try_until, url, timeout, std::cref(clock)));
  }
  std::vector<Reach> reached;
  for (std::size_t i = 0; i < urls.size(); ++i) {
    ProbeResult result = probes[i].get();
    reached.push_back({urls[i], result.readiness == Readiness::kReady, std::move(result.reason)});
  }
  return reached;
}

Json json_of(const Reach& reach) {
  return {{"url", reach.url}, {"answered", reach.answered}, {"said", reach.said}};
}

int code_of(Confinement confinement) {
  switch (confinement) {
    case Confinement::kConfined:
      return kVerbOk;
    case Confinement::kReachable:
      return kVerbRefused;
    case Confinement::kNotEnforced:
    case Confinement::kNothingShown:
      return kVerbNotReady;
  }
  return kVerbNotReady;
}

}  // namespace

std::string_view name_of(Confinement confinement) {
  switch (confinement) {
    case Confinement::kConfined:
      return "confined";
    case Confinement::kReachable:
      return "reachable";
    case Confinement::kNotEnforced:
      return "not enforced";
    case Confinement::kNothingShown:
      return "nothing shown";
  }
  return "nothing shown";
}

Preflight judge_reach(const Reach& control, const Reach& canary, const std::vector<Reach>& llms) {
  for (const Reach& llm : llms) {
    if (llm.answered) {
      return {Confinement::kReachable, "a real LLM can be reached from here: " + llm.url +
                                           " answers. Remedy: close the egress of this namespace, "
                                           "or run where nothing leads outside"};
    }
  }
  if (!control.answered) {
    return {Confinement::kNothingShown,
            "the control " + control.url + " does not answer either (" + control.said +
                "), so that the others do not is no proof. Remedy: name an address that the policy "
                "allows and that is up"};
  }
  if (canary.answered) {
    return {Confinement::kNotEnforced,
            "policy not enforced: the canary " + canary.url +
                " answers, which the policy closes. No real LLM answered, but nothing here keeps a "
                "run from one. Remedy: a network plugin that enforces policies"};
  }
  return {Confinement::kConfined, "the control answers, the canary and " +
                                      std::to_string(llms.size()) +
                                      " addresses of real LLMs do not"};
}

int preflight_verb(const PreflightOptions& options, const VerbContext& context) {
  std::vector<std::string> urls{options.control, options.canary};
  urls.insert(urls.end(), options.llms.begin(), options.llms.end());
  for (const std::string& url : urls) {
    if (!is_tcp(url)) {
      tell(context, "'" + base::printable(masked_url(url)) +
                        "' is no address to try, expected tcp://host:port");
      return kVerbUsage;
    }
  }
  const std::vector<Reach> reached = try_all(urls, options.timeout, context.clock);
  const std::vector<Reach> llms(reached.begin() + 2, reached.end());
  const Preflight preflight = judge_reach(reached[0], reached[1], llms);
  for (const Reach& reach : reached) {
    tell(context, (reach.answered ? "answers: " : "silent:  ") + reach.url + ": " + reach.said);
  }
  tell(context, preflight.reason);
  if (context.json) {
    Json document{{"confinement", name_of(preflight.confinement)},
                  {"reason", preflight.reason},
                  {"control", json_of(reached[0])},
                  {"canary", json_of(reached[1])},
                  {"llms", Json::array()}};
    for (const Reach& llm : llms) {
      document["llms"].push_back(json_of(llm));
    }
    print(context, document.dump());
  } else {
    print(context, name_of(preflight.confinement));
  }
  return code_of(preflight.confinement);
}

}  // namespace harness
