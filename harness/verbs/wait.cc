#include "harness/verbs/wait.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <utility>

#include <nlohmann/json.hpp>

#include "common/base/duration.h"
#include "common/base/text.h"
#include "harness/config/url.h"
#include "harness/ready/told.h"
#include "harness/secret/secret.h"
#include "harness/service/base_environment.h"

namespace harness {
namespace {

using Json = nlohmann::ordered_json;
using std::chrono::milliseconds;

// A flag goes before the file.
WaitTarget target_of(const WaitOptions& options, ServiceConfig service, std::string url) {
  WaitLimits limits = limits_of(service);
  limits.timeout = options.timeout.value_or(limits.timeout);
  limits.stable_for = options.stable_for.value_or(limits.stable_for);
  return {std::move(service), std::move(url), limits};
}

base::Result<ServiceKind> kind_of(const std::string& url) {
  constexpr std::array<std::pair<std::string_view, ServiceKind>, 8> kSchemes{
      std::pair("postgresql", ServiceKind::kPostgres),
      std::pair("postgres", ServiceKind::kPostgres),
      std::pair("redis", ServiceKind::kRedis),
      std::pair("rediss", ServiceKind::kRedis),
      std::pair("http", ServiceKind::kHttp),
      std::pair("https", ServiceKind::kHttp),
      std::pair("nats", ServiceKind::kNats),
      std::pair("tcp", ServiceKind::kTcp)};
  const std::string scheme = split_url(url).scheme;
  for (const auto& [name, kind] : kSchemes) {
    if (scheme == name) {
      return kind;
    }
  }
  return base::invalid_input(
      "'" + masked_url(url) +
      "' is no URL to wait for, expected postgresql://, redis://, nats://, http:// or tcp://");
}

// Of an http URL the path is what is asked.
base::Result<std::vector<WaitTarget>> targets_of_urls(const WaitOptions& options) {
  std::vector<WaitTarget> targets;
  for (const std::string& url : options.urls) {
    const base::Result<ServiceKind> kind = kind_of(url);
    if (!kind) {
      return kind.error();
    }
    ServiceConfig service;
    service.name = masked_url(url);
    service.kind = *kind;
    const std::string path = split_url(url).path;
    const bool has_path = *kind == ServiceKind::kHttp && path.size() > 1;
    service.ready.path = has_path ? path : service.ready.path;
    targets.push_back(target_of(options, std::move(service),
                                has_path ? url.substr(0, url.size() - path.size()) : url));
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
                                                      const Config& config,
                                                      const VerbContext& context) {
  if (base::Result<void> checked = check_names(options, config); !checked) {
    return checked.error();
  }
  std::vector<WaitTarget> targets;
  for (const ServiceConfig& service : config.services) {
    if (!is_chosen(options, service.name)) {
      continue;
    }
    if (!is_found(service, context.environment)) {
      if (!service.local) {
        return base::not_found(service.name + ": " + service.url_env + " is not set");
      }
      tell(context, service.name + ": local, started by `harness run`");
      continue;
    }
    targets.push_back(
        target_of(options, service, context.environment.get(service.url_env).value_or("")));
  }
  return targets;
}

// What is told while it waits, and at the end. Everything goes through the redactor: a command's
// own words may hold what it was given.
class Speech {
 public:
  Speech(const std::vector<WaitTarget>& targets, const VerbContext& context,
         std::shared_ptr<const redact::Redactor> redactor)
      : targets_(targets),
        context_(context),
        redactor_(std::move(redactor)),
        start_(context.clock.mono()) {}

  void told(const std::vector<WaitState>& states) const;
  void diagnose(const std::vector<WaitState>& states) const;
  void print_json(const std::vector<WaitState>& states) const;

 private:
  void line(const std::string& text) const { tell(context_, redactor_->apply(text)); }

  // All that a target may take: its own time after that of what it needs.
  [[nodiscard]] milliseconds limit_of(const WaitTarget& target) const;
  [[nodiscard]] std::string state_line(const WaitTarget& target, const WaitState& state) const;
  [[nodiscard]] Json json_of(const WaitTarget& target, const WaitState& state) const;

  const std::vector<WaitTarget>& targets_;
  const VerbContext& context_;
  std::shared_ptr<const redact::Redactor> redactor_;
  base::MonoTime start_;
};

bool is_ready(const WaitState& state) {
  return state.over && state.report.readiness == Readiness::kReady;
}

int code_of(const std::vector<WaitState>& states) {
  int code = kVerbOk;
  for (const WaitState& state : states) {
    if (state.report.readiness == Readiness::kNever) {
      return kVerbRefused;
    }
    code = is_ready(state) ? code : kVerbNotReady;
  }
  return code;
}

milliseconds Speech::limit_of(const WaitTarget& target) const {
  milliseconds before{0};
  for (const WaitTarget& other : targets_) {
    const std::vector<std::string>& needs = target.service.needs;
    if (std::find(needs.begin(), needs.end(), other.service.name) != needs.end()) {
      before = std::max(before, limit_of(other));
    }
  }
  return before + target.limits.timeout;
}

std::string Speech::state_line(const WaitTarget& target, const WaitState& state) const {
  const std::string name = "  " + target.service.name + ": ";
  if (!state.over && !state.held_by.empty()) {
    return name + "waits for " + base::join(state.held_by, ", ");
  }
  if (state.report.history.empty()) {
    return name + (state.over ? state.report.reason : "not asked yet");
  }
  const Observation& last = state.report.history.back();
  const std::string times = last.times > 1 ? " (" + std::to_string(last.times) + " times)" : "";
  if (is_ready(state)) {
    return name + "ready after " + seconds(state.report.waited) + ": " + state.report.reason;
  }
  if (state.over) {
    const bool never = state.report.readiness == Readiness::kNever;
    return name + (never ? "never" : "not ready") + " after " + seconds(state.report.waited) +
           " of " + base::format_duration(target.limits.timeout) + ": " + state.report.reason;
  }
  // Ready and not over: it has to stay so for a while.
  const bool unproven = last.result.readiness == Readiness::kReady;
  return name + std::string(unproven ? "ready, for how long" : name_of(last.result.readiness)) +
         ": " + last.result.reason + times;
}

void Speech::told(const std::vector<WaitState>& states) const {
  milliseconds limit{0};
  for (const WaitTarget& target : targets_) {
    limit = std::max(limit, limit_of(target));
  }
  const auto ready = std::count_if(states.begin(), states.end(), is_ready);
  const auto elapsed = std::chrono::duration_cast<milliseconds>(context_.clock.mono() - start_);
  line("[" + seconds(elapsed) + " of " + base::format_duration(limit) + "] " +
       std::to_string(ready) + " of " + std::to_string(states.size()) + " ready");
  for (std::size_t i = 0; i < states.size(); ++i) {
    line(state_line(targets_[i], states[i]));
  }
}

void Speech::diagnose(const std::vector<WaitState>& states) const {
  for (std::size_t i = 0; i < states.size(); ++i) {
    const WaitState& state = states[i];
    if (!is_ready(state) && !state.report.history.empty()) {
      line("");
      line(std::string(base::trimmed(state_line(targets_[i], state))));
      line(diagnosis(targets_[i].service, targets_[i].url, state.report));
    }
  }
}

Json Speech::json_of(const WaitTarget& target, const WaitState& state) const {
  Json history = Json::array();
  for (const Observation& seen : state.report.history) {
    history.push_back({{"at_ms", seen.at.count()},
                       {"readiness", name_of(seen.result.readiness)},
                       {"reason", seen.result.reason},
                       {"times", seen.times}});
  }
  Json json{{"name", target.service.name},
            {"kind", name_of(target.service.kind)},
            {"url", masked_url(target.url)},
            {"readiness", name_of(state.report.readiness)},
            {"reason", state.report.reason},
            {"begun_at_ms", state.begun_at.count()},
            {"waited_ms", state.report.waited.count()},
            {"limit_ms", target.limits.timeout.count()},
            {"held_by", state.held_by},
            {"history", std::move(history)}};
  if (!is_ready(state)) {
    json["commands"] = suggested_commands(target.service, target.url);
  }
  return json;
}

void Speech::print_json(const std::vector<WaitState>& states) const {
  Json services = Json::array();
  for (std::size_t i = 0; i < states.size(); ++i) {
    services.push_back(json_of(targets_[i], states[i]));
  }
  const Json all{{"ready", code_of(states) == kVerbOk}, {"services", std::move(services)}};
  print(context_, redactor_->apply(all.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

}  // namespace

int wait_verb(const WaitOptions& options, const VerbContext& context) {
  const base::Result<Config> config =
      options.urls.empty() ? load_config(options.config.path) : base::Result<Config>(Config{});
  if (!config) {
    tell(context, config.error().message);
    return kVerbUsage;
  }
  const base::Result<std::vector<WaitTarget>> targets =
      options.urls.empty() ? targets_of_file(options, *config, context) : targets_of_urls(options);
  if (!targets) {
    tell(context, targets.error().message);
    return kVerbUsage;
  }
  if (targets->empty()) {
    tell(context, "nothing to wait for: no variable points at a service");
    return kVerbUsage;
  }
  std::vector<std::string> urls;
  urls.reserve(targets->size());
  for (const WaitTarget& target : *targets) {
    urls.push_back(target.url);
  }
  auto redactor = make_redactor({}, urls, context.environment);
  if (!redactor) {
    tell(context, "nothing can be shown: " + redactor.error().message);
    return kVerbUsage;
  }
  const Speech speech(*targets, context, *std::move(redactor));
  const base::Environment inherited = base_environment(context.environment);
  const std::vector<WaitState> states =
      wait_for_all(*targets, {inherited, context.clock, config->directory}, real_pause(),
                   [&](const std::vector<WaitState>& now) { speech.told(now); });
  speech.diagnose(states);
  if (context.json) {
    speech.print_json(states);
  }
  return code_of(states);
}

}  // namespace harness
