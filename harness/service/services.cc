#include "harness/service/services.h"

#include <algorithm>
#include <utility>

#include "common/base/duration.h"
#include "harness/ready/told.h"
#include "harness/service/addresses.h"
#include "harness/service/base_environment.h"
#include "harness/service/local_server.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

// Children of ours answer within milliseconds and cost nothing to ask; somebody else's server is
// left alone longer and longer.
constexpr milliseconds kLocalPause{5};
constexpr milliseconds kLostProbeTimeout{500};
// A program has to start and an API server to be reached by TLS before they can say anything.
constexpr milliseconds kLostSlowProbeTimeout{3'000};

// What the harness started is alone: no replica of anything, and migrated after it is ready.
ServiceConfig started(ServiceConfig service) {
  service.ready.role = ServerRole::kAny;
  service.ready.migration = 0;
  return service;
}

std::string without_trailing_slash(std::string url) {
  while (url.ends_with('/')) {
    url.pop_back();
  }
  return url;
}

}  // namespace

class Services::Impl {
 public:
  Impl(const Config& config, const base::Environment& environment, const base::Clock& clock,
       Options options)
      : config_(config),
        clock_(clock),
        environment_(environment),
        inherited_(base_environment(environment, options.upstream_key_variable)),
        options_(std::move(options)) {
    if (!options_.pause) {
      options_.pause = real_pause();
    }
  }

  ~Impl() { down(); }

  std::optional<ServiceFailure> up(const std::vector<std::string>& names);
  void down();
  [[nodiscard]] const ServiceAddress* find(std::string_view name) const;
  [[nodiscard]] std::optional<ServiceFailure> lost(const std::vector<std::string>& names);
  [[nodiscard]] std::optional<ServiceFailure> ended();
  [[nodiscard]] Values values_for(const std::string& caller) const;
  [[nodiscard]] std::vector<pid_t> pids() const;

  std::vector<ServiceAddress> addresses;

 private:
  // A service on its way up, or up.
  struct Member {
    const ServiceConfig* service = nullptr;
    std::unique_ptr<LocalServer> server;  // null: somebody else's
    std::string url;                      // of somebody else's
    bool ready = false;
    std::optional<Approach> approach;  // once begun
    base::MonoTime next{};             // not asked before
  };

  [[nodiscard]] std::vector<const ServiceConfig*> wanted(
      const std::vector<std::string>& names) const;

  [[nodiscard]] bool is_remote(const ServiceConfig& service) const {
    return is_found(service, environment_);
  }

  [[nodiscard]] Surroundings surroundings() const {
    return {inherited_, clock_, config_.directory};
  }

  [[nodiscard]] bool needs_are_ready(const ServiceConfig& service) const;
  Member* member(std::string_view name);
  std::optional<ServiceFailure> begin(Member& member);
  std::optional<ServiceFailure> advance(Member& member);
  [[nodiscard]] std::unique_ptr<LocalServer> make_server(const ServiceConfig& service) const;
  std::optional<ServiceFailure> became_ready(Member& member);
  [[nodiscard]] static ServiceFailure failure(const Member& member, std::string reason,
                                              ExitCode exit_code = ExitCode::kServiceNotReady);

  const Config& config_;
  const base::Clock& clock_;
  base::Environment environment_;
  base::Environment inherited_;
  Options options_;
  std::vector<Member> members_;
};

// In an order in which each comes after its needs.
std::vector<const ServiceConfig*> Services::Impl::wanted(
    const std::vector<std::string>& names) const {
  std::vector<const ServiceConfig*> chosen = config_.needs_of(names);
  if (names.empty()) {
    for (const ServiceConfig& service : config_.services) {
      chosen.push_back(&service);
    }
  }
  std::erase_if(chosen, [&](const ServiceConfig* service) {
    return options_.find_only && !is_remote(*service);
  });
  return chosen;
}

Services::Impl::Member* Services::Impl::member(std::string_view name) {
  const auto found = std::find_if(members_.begin(), members_.end(),
                                  [&](const Member& m) { return m.service->name == name; });
  return found == members_.end() ? nullptr : &*found;
}

// A service that is not wanted here (find_only) is nobody's to wait for.
bool Services::Impl::needs_are_ready(const ServiceConfig& service) const {
  return std::all_of(service.needs.begin(), service.needs.end(), [&](const std::string& need) {
    return std::all_of(members_.begin(), members_.end(),
                       [&](const Member& m) { return m.service->name != need || m.ready; });
  });
}

ServiceFailure Services::Impl::failure(const Member& member, std::string reason,
                                       ExitCode exit_code) {
  std::string log = member.server ? member.server->log_tail() : std::string();
  if (!member.ready && member.approach && !member.server) {
    log = diagnosis(*member.service, member.url, member.approach->report());
  } else if (!member.ready && member.approach && !member.server->ended()) {
    log = "what it said, and when:\n" + history_lines(member.approach->report().history) +
          (log.empty() ? "" : "the end of its output:\n" + log);
  }
  return {member.service->name, std::move(reason), exit_code, std::move(log)};
}

std::unique_ptr<LocalServer> Services::Impl::make_server(const ServiceConfig& service) const {
  LocalPlan plan{&service, &clock_, inherited_, config_.directory,
                 options_.log_directory + "/" + service.name + ".log"};
  switch (service.kind) {
    case ServiceKind::kPostgres:
      return make_postgres(std::move(plan));
    case ServiceKind::kRedis:
      return make_redis(std::move(plan));
    case ServiceKind::kMockllm:
      return make_mockllm(std::move(plan),
                          {options_.mockllm, options_.control_token, options_.mockllm_arguments,
                           options_.mockllm_environment});
    case ServiceKind::kNats:
      return make_nats(std::move(plan));
    default:  // whatever has a `run` of the user's
      break;
  }
  return make_application(std::move(plan), values_for(service.name));
}

std::optional<ServiceFailure> Services::Impl::begin(Member& member) {
  const ServiceConfig& service = *member.service;
  member.approach.emplace(limits_of(service), clock_.mono());
  if (is_remote(service)) {
    member.url = environment_.get(service.url_env).value_or("");
  } else if (service.local) {
    member.server = make_server(service);
  } else {
    return failure(member, service.url_env + " is not set, and there is no `local` to start it",
                   ExitCode::kServiceRefused);
  }
  return std::nullopt;
}

std::optional<ServiceFailure> Services::Impl::advance(Member& member) {
  const ServiceConfig& service = *member.service;
  const base::MonoTime asked = clock_.mono();
  const ProbeResult result =
      member.server ? member.server->advance() : probe(service, member.url, surroundings());
  Approach& approach = *member.approach;
  approach.hear(asked, clock_.mono(), result);
  const WaitReport& report = approach.report();
  if (!approach.over()) {
    const milliseconds pause = approach.pause();
    member.next = clock_.mono() + (member.server ? kLocalPause : pause);
    return std::nullopt;
  }
  if (report.readiness == Readiness::kReady) {
    return became_ready(member);
  }
  const std::string place =
      member.server ? std::string() : " (" + whereabouts(service, member.url) + ")";
  if (report.readiness == Readiness::kNever) {
    // A child that died is not ready; a server that turned us away, or that cannot even be started,
    // never is.
    const bool died = member.server && member.server->pid() && member.server->ended();
    return failure(member, report.reason + place,
                   died ? member.server->code_of_end() : ExitCode::kServiceRefused);
  }
  return failure(member, "not ready after " + seconds(report.waited) + " of " +
                             base::format_duration(service.ready.timeout) + ": " + report.reason +
                             place);
}

std::optional<ServiceFailure> Services::Impl::up(const std::vector<std::string>& names) {
  for (const ServiceConfig* service : wanted(names)) {
    if (member(service->name) == nullptr) {
      members_.emplace_back().service = service;
    }
  }
  for (;;) {
    bool all_ready = true;
    for (Member& each : members_) {
      if (each.ready) {
        continue;
      }
      all_ready = false;
      if (!needs_are_ready(*each.service) || clock_.mono() < each.next) {
        continue;
      }
      if (!each.approach) {
        if (std::optional<ServiceFailure> failed = begin(each)) {
          return failed;
        }
      }
      if (std::optional<ServiceFailure> failed = advance(each)) {
        return failed;
      }
    }
    if (all_ready) {
      return std::nullopt;
    }
    if (std::optional<ServiceFailure> gone = ended()) {
      gone->reason += " while others were starting";
      return gone;
    }
    if (!options_.pause(kLocalPause)) {
      const auto waiting =
          std::find_if(members_.begin(), members_.end(), [](const Member& m) { return !m.ready; });
      return waiting == members_.end() ? std::nullopt
                                       : std::optional(failure(*waiting, "interrupted"));
    }
  }
}

std::optional<ServiceFailure> Services::Impl::became_ready(Member& member) {
  const ServiceConfig& service = *member.service;
  member.ready = true;
  ServiceAddress address;
  address.name = service.name;
  address.kind = service.kind;
  address.local = member.server != nullptr;
  address.url = member.server ? member.server->url() : member.url;
  address.waited = member.approach->report().waited;
  if (service.kind == ServiceKind::kMockllm) {
    address.url = without_trailing_slash(address.url);
    address.base_url = address.url + "/v1";
    address.keys = llm_keys(config_, service, environment_);
    address.key = address.keys.empty() ? new_llm_key() : address.keys.front().second;
  }
  addresses.push_back(std::move(address));
  if (options_.ready) {
    if (const base::Result<void> told = options_.ready(addresses.back()); !told) {
      return failure(member, told.error().message);
    }
  }
  return std::nullopt;
}

void Services::Impl::down() {
  std::erase_if(members_, [](const Member& member) { return !member.ready; });
  // Whoever became ready later may need who was earlier.
  for (auto address = addresses.rbegin(); address != addresses.rend(); ++address) {
    if (Member* up = member(address->name); up != nullptr && up->server) {
      up->server->stop();
    }
  }
  addresses.clear();
  members_.clear();
}

const ServiceAddress* Services::Impl::find(std::string_view name) const {
  const auto found =
      std::find_if(addresses.begin(), addresses.end(),
                   [&](const ServiceAddress& address) { return address.name == name; });
  return found == addresses.end() ? nullptr : &*found;
}

std::optional<ServiceFailure> Services::Impl::lost(const std::vector<std::string>& names) {
  for (const ServiceConfig* service : wanted(names)) {
    Member* up = member(service->name);
    if (up == nullptr || !up->ready) {
      continue;
    }
    if (const auto ended = up->server ? up->server->ended() : std::nullopt) {
      return failure(*up, *ended);
    }
    const bool slow =
        service->kind == ServiceKind::kCommand || service->kind == ServiceKind::kKubernetes;
    const ProbeResult result =
        probe(up->server ? started(*service) : *service, find(service->name)->url, surroundings(),
              slow ? kLostSlowProbeTimeout : kLostProbeTimeout);
    if (result.readiness != Readiness::kReady) {
      return failure(*up, result.reason,
                     result.readiness == Readiness::kNever ? ExitCode::kServiceRefused
                                                           : ExitCode::kServiceNotReady);
    }
  }
  return std::nullopt;
}

std::optional<ServiceFailure> Services::Impl::ended() {
  for (Member& each : members_) {
    if (const auto end = each.ready && each.server ? each.server->ended() : std::nullopt) {
      return failure(each, *end);
    }
  }
  return std::nullopt;
}

Values Services::Impl::values_for(const std::string& caller) const {
  Values values;
  for (const ServiceAddress& address : addresses) {
    std::string key = address.key;
    for (const auto& [service, alias] : address.keys) {
      key = service == caller ? alias : key;
    }
    add_values(values, address, key);
  }
  return values;
}

std::vector<pid_t> Services::Impl::pids() const {
  std::vector<pid_t> running;
  for (const Member& member : members_) {
    if (const auto pid = member.server ? member.server->pid() : std::nullopt) {
      running.push_back(*pid);
    }
  }
  return running;
}

Services::Services(const Config& config, const base::Environment& environment,
                   const base::Clock& clock, Options options)
    : impl_(std::make_unique<Impl>(config, environment, clock, std::move(options))) {}

Services::~Services() = default;

std::optional<ServiceFailure> Services::up(const std::vector<std::string>& names) {
  return impl_->up(names);
}

void Services::down() {
  impl_->down();
}

const ServiceAddress* Services::find(std::string_view name) const {
  return impl_->find(name);
}

const std::vector<ServiceAddress>& Services::all() const {
  return impl_->addresses;
}

std::optional<ServiceFailure> Services::lost(const std::vector<std::string>& names) const {
  return impl_->lost(names);
}

std::optional<ServiceFailure> Services::ended() const {
  return impl_->ended();
}

Values Services::values() const {
  return impl_->values_for("");
}

std::vector<pid_t> Services::pids() const {
  return impl_->pids();
}

}  // namespace harness
