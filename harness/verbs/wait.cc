#include "harness/verbs/wait.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/base/duration.h"
#include "common/base/text.h"
#include "harness/config/url.h"
#include "harness/ready/waiter.h"

namespace harness {
namespace {

using Json = nlohmann::ordered_json;

WaitLimits limits_of(const WaitOptions& options, std::chrono::milliseconds otherwise) {
  WaitLimits limits;
  limits.timeout = options.timeout.value_or(otherwise);
  limits.stable_for = options.stable_for;
  return limits;
}

base::Result<ServiceKind> kind_of(const std::string& url) {
  const std::string scheme = split_url(url).scheme;
  if (scheme == "postgresql" || scheme == "postgres") {
    return ServiceKind::kPostgres;
  }
  if (scheme == "redis" || scheme == "rediss") {
    return ServiceKind::kRedis;
  }
  if (scheme == "http" || scheme == "https") {
    return ServiceKind::kHttp;
  }
  return base::invalid_input(
      "'" + masked_url(url) +
      "' is no URL to wait for, expected postgresql://, redis:// or http://");
}

// Of an http URL the path is what is asked.
base::Result<std::vector<WaitTarget>> targets_of_urls(const WaitOptions& options) {
  std::vector<WaitTarget> targets;
  for (const std::string& url : options.urls) {
    const base::Result<ServiceKind> kind = kind_of(url);
    if (!kind) {
      return kind.error();
    }
    WaitTarget target{masked_url(url), *kind, url, "/",
                      limits_of(options, ServiceConfig{}.ready_timeout)};
    const std::string path = split_url(url).path;
    if (*kind == ServiceKind::kHttp && path.size() > 1) {
      target.url = url.substr(0, url.size() - path.size());
      target.ready_path = path;
    }
    targets.push_back(std::move(target));
  }
  return targets;
}

bool is_chosen(const WaitOptions& options, const std::string& name) {
  return options.services.empty() || std::find(options.services.begin(), options.services.end(),
                                               name) != options.services.end();
}

base::Result<void> check_names(const WaitOptions& options, const Config& config) {
  for (const std::string& name : options.services) {
    if (config.service(name) == nullptr) {
      return base::not_found("no service '" + base::printable(name) + "' in " + config.file);
    }
  }
  return {};
}

base::Result<std::vector<WaitTarget>> targets_of_file(const WaitOptions& options,
                                                      const VerbContext& context) {
  const base::Result<Config> config = load_config(options.config.path);
  if (!config) {
    return config.error();
  }
  if (base::Result<void> checked = check_names(options, *config); !checked) {
    return checked.error();
  }
  std::vector<WaitTarget> targets;
  for (const ServiceConfig& service : config->services) {
    if (!is_chosen(options, service.name)) {
      continue;
    }
    if (service.url_env.empty() || !context.environment.has(service.url_env)) {
      if (!service.local) {
        return base::not_found(service.name + ": " + service.url_env + " is not set");
      }
      tell(context, service.name + ": local, started by `harness run`");
      continue;
    }
    targets.push_back({service.name, service.kind, *context.environment.get(service.url_env),
                       service.local ? service.local->ready : "/",
                       limits_of(options, service.ready_timeout)});
  }
  return targets;
}

Json json_of(const WaitTarget& target, const WaitReport& report) {
  Json history = Json::array();
  for (const Observation& seen : report.history) {
    history.push_back({{"at_ms", seen.at.count()},
                       {"readiness", name_of(seen.result.readiness)},
                       {"reason", seen.result.reason},
                       {"times", seen.times}});
  }
  return {{"name", target.name},           {"kind", name_of(target.kind)},
          {"url", masked_url(target.url)}, {"readiness", name_of(report.readiness)},
          {"reason", report.reason},       {"waited_ms", report.waited.count()},
          {"history", std::move(history)}};
}

int code_of(const std::vector<WaitReport>& reports) {
  int code = kVerbOk;
  for (const WaitReport& report : reports) {
    if (report.readiness == Readiness::kNever) {
      return kVerbRefused;
    }
    code = report.readiness == Readiness::kReady ? code : kVerbNotReady;
  }
  return code;
}

void tell_reports(const std::vector<WaitTarget>& targets, const std::vector<WaitReport>& reports,
                  const VerbContext& context) {
  Json services = Json::array();
  for (std::size_t i = 0; i < targets.size(); ++i) {
    services.push_back(json_of(targets[i], reports[i]));
    if (reports[i].readiness == Readiness::kNotYet) {
      tell(context, targets[i].name + ": not ready after " +
                        base::format_duration(reports[i].waited) + ": " + reports[i].reason);
    }
  }
  if (context.json) {
    print(context,
          Json{{"ready", code_of(reports) == kVerbOk}, {"services", std::move(services)}}.dump());
  }
}

}  // namespace

int wait_verb(const WaitOptions& options, const VerbContext& context) {
  const base::Result<std::vector<WaitTarget>> targets =
      options.urls.empty() ? targets_of_file(options, context) : targets_of_urls(options);
  if (!targets) {
    tell(context, targets.error().message);
    return kVerbUsage;
  }
  if (targets->empty()) {
    tell(context, "nothing to wait for: no variable points at a service");
    return kVerbUsage;
  }
  const std::vector<WaitReport> reports = wait_for_all(
      *targets, context.clock, real_pause(),
      [&](const WaitTarget& target, const Observation& seen) {
        tell(context, target.name + ": " + std::string(name_of(seen.result.readiness)) + " (" +
                          base::format_duration(seen.at) + "): " + seen.result.reason);
      });
  tell_reports(*targets, reports, context);
  return code_of(reports);
}

}  // namespace harness
