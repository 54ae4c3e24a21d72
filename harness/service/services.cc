#include "harness/service/services.h"

#include <algorithm>
#include <cstddef>
#include <utility>

#include "common/base/random.h"
#include "harness/config/references.h"
#include "harness/config/url.h"
#include "harness/service/base_environment.h"
#include "harness/service/local_server.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

constexpr std::size_t kAliasBytes = 12;
// Children of ours answer within milliseconds and cost nothing to ask; somebody else's server is
// left alone longer and longer.
constexpr milliseconds kLocalPause{5};
constexpr milliseconds kRemotePauseMin{20};
constexpr milliseconds kRemotePauseMax{1'000};
constexpr milliseconds kLostProbeTimeout{500};

int default_port(ServiceKind kind, const std::string& scheme) {
  switch (kind) {
    case ServiceKind::kPostgres:
      return 5432;
    case ServiceKind::kRedis:
      return 6379;
    case ServiceKind::kMockllm:
    case ServiceKind::kHttp:
      return scheme == "https" ? 443 : 80;
  }
  return 80;
}

void add_values(Values& values, const ServiceAddress& address, const std::string& key) {
  const UrlParts parts = split_url(address.url);
  const int port = parts.port != 0 ? parts.port : default_port(address.kind, parts.scheme);
  values[address.name + ".url"] = address.url;
  values[address.name + ".host"] = parts.host;
  values[address.name + ".port"] = std::to_string(port);
  if (address.kind == ServiceKind::kMockllm) {
    values[address.name + ".base_url"] = address.base_url;
    values[address.name + ".key"] = key;
  }
}

bool mentions(const ServiceConfig& caller, const std::string& service, std::string_view attribute) {
  return std::any_of(caller.env.begin(), caller.env.end(), [&](const auto& variable) {
    const base::Result<std::vector<Reference>> references = references_in(variable.second);
    return references &&
           std::any_of(references->begin(), references->end(), [&](const Reference& r) {
             return r.service == service && r.attribute == attribute;
           });
  });
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
    bool begun = false;
    bool ready = false;
    base::MonoTime since{};  // begun
    base::MonoTime next{};   // not asked before
    milliseconds pause = kRemotePauseMin;
    std::string reason;
  };

  [[nodiscard]] std::vector<const ServiceConfig*> wanted(
      const std::vector<std::string>& names) const;
  [[nodiscard]] bool is_remote(const ServiceConfig& service) const;
  [[nodiscard]] bool needs_are_ready(const ServiceConfig& service) const;
  Member* member(std::string_view name);
  std::optional<ServiceFailure> begin(Member& member);
  std::optional<ServiceFailure> advance(Member& member);
  [[nodiscard]] std::unique_ptr<LocalServer> make_server(const ServiceConfig& service) const;
  std::optional<ServiceFailure> became_ready(Member& member);
  [[nodiscard]] std::vector<std::pair<std::string, std::string>> keys_of(
      const ServiceConfig& llm) const;
  [[nodiscard]] static ServiceFailure failure(const Member& member, std::string reason,
                                              ExitCode exit_code = ExitCode::kServiceNotReady);

  const Config& config_;
  const base::Clock& clock_;
  base::Environment environment_;
  base::Environment inherited_;
  Options options_;
  std::vector<Member> members_;
};

bool Services::Impl::is_remote(const ServiceConfig& service) const {
  return !service.url_env.empty() && environment_.has(service.url_env);
}

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
  return {member.service->name, std::move(reason), exit_code,
          member.server ? member.server->log_tail() : std::string()};
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
    case ServiceKind::kHttp:
      break;
  }
  return make_application(std::move(plan), values_for(service.name));
}

std::optional<ServiceFailure> Services::Impl::begin(Member& member) {
  const ServiceConfig& service = *member.service;
  member.begun = true;
  member.since = clock_.mono();
  if (is_remote(service)) {
    member.url = *environment_.get(service.url_env);
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
  const ProbeResult result =
      member.server ? member.server->advance()
                    : probe(service.kind, member.url, service.local ? service.local->ready : "/");
  member.reason = result.reason;
  if (result.readiness == Readiness::kReady) {
    return became_ready(member);
  }
  if (result.readiness == Readiness::kNever) {
    // A child that died is not ready; a server that turned us away, or that cannot even be started,
    // never is.
    if (member.server && member.server->pid() && member.server->ended()) {
      return failure(member, result.reason, member.server->code_of_end());
    }
    return failure(member, result.reason + " at " + masked_url(member.url),
                   ExitCode::kServiceRefused);
  }
  const base::MonoTime now = clock_.mono();
  if (now - member.since >= service.ready_timeout) {
    const auto waited = std::chrono::duration_cast<milliseconds>(now - member.since);
    return failure(member, "not ready after " + std::to_string(waited.count()) +
                               " ms: " + result.reason + " at " + masked_url(member.url));
  }
  member.next = now + (member.server ? kLocalPause : member.pause);
  member.pause = std::min(member.pause * 2, kRemotePauseMax);
  return std::nullopt;
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
      if (!each.begun) {
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

// One alias per application that calls this mockllm: each can be pointed at another attempt.
std::vector<std::pair<std::string, std::string>> Services::Impl::keys_of(
    const ServiceConfig& llm) const {
  std::vector<std::pair<std::string, std::string>> keys;
  const std::string fixed = llm.key_env.empty() ? "" : environment_.get(llm.key_env).value_or("");
  for (const ServiceConfig& caller : config_.services) {
    if (caller.kind != ServiceKind::kHttp) {
      continue;
    }
    const bool needs_it =
        std::find(caller.needs.begin(), caller.needs.end(), llm.name) != caller.needs.end();
    if (!is_remote(caller) &&
        (mentions(caller, llm.name, "key") || mentions(caller, llm.name, "base_url"))) {
      keys.emplace_back(caller.name, "dk-" + base::random_token(kAliasBytes));
    } else if (is_remote(caller) && needs_it && !fixed.empty()) {
      keys.emplace_back(caller.name, fixed);
    }
  }
  if (keys.empty() && !fixed.empty()) {
    keys.emplace_back(llm.name, fixed);
  }
  return keys;
}

std::optional<ServiceFailure> Services::Impl::became_ready(Member& member) {
  const ServiceConfig& service = *member.service;
  member.ready = true;
  ServiceAddress address;
  address.name = service.name;
  address.kind = service.kind;
  address.local = member.server != nullptr;
  address.url = member.server ? member.server->url() : member.url;
  address.waited = std::chrono::duration_cast<milliseconds>(clock_.mono() - member.since);
  if (service.kind == ServiceKind::kMockllm) {
    address.url = without_trailing_slash(address.url);
    address.base_url = address.url + "/v1";
    address.keys = keys_of(service);
    address.key = address.keys.empty() ? "dk-" + base::random_token(kAliasBytes)
                                       : address.keys.front().second;
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
    const ProbeResult result =
        probe(service->kind, find(service->name)->url, service->local ? service->local->ready : "/",
              kLostProbeTimeout);
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
