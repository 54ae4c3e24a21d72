#include "harness/config/check.h"

#include <algorithm>
#include <cstddef>
#include <set>
#include <utility>

#include "common/base/text.h"
#include "harness/config/references.h"

namespace harness {
namespace {

std::vector<std::string> service_names(const Config& config) {
  std::vector<std::string> names;
  for (const ServiceConfig& service : config.services) {
    names.push_back(service.name);
  }
  return names;
}

// Where there are fewer places than items, a mistake in the list itself was told before.
std::string place_at(const std::vector<std::string>& places, std::size_t index) {
  return places.empty() ? std::string() : places[std::min(index, places.size() - 1)];
}

void check_names(const Config& config, const std::vector<std::string>& names,
                 const std::vector<std::string>& places, Mistakes& mistakes) {
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (config.service(names[i]) == nullptr) {
      tell(mistakes, place_at(places, i),
           "no service '" + base::printable(names[i]) +
               "': " + expected_names(names[i], service_names(config)));
    }
  }
}

std::vector<std::string> attributes_of(ServiceKind kind) {
  std::vector<std::string> attributes;
  if (has_url(kind)) {
    attributes = {"url", "host", "port"};
  }
  if (kind == ServiceKind::kMockllm) {
    attributes.insert(attributes.end(), {"base_url", "key"});
  } else if (kind == ServiceKind::kRedis) {
    attributes.emplace_back("prefix");
  }
  return attributes;
}

// Empty where `reference` is right.
std::string fault_of(const Config& config, const Reference& reference,
                     const std::vector<const ServiceConfig*>& reachable, std::string_view reach) {
  const std::string shown = "${" + reference.service + "." + reference.attribute + "}";
  const ServiceConfig* service = config.service(reference.service);
  if (service == nullptr) {
    return shown + ": no service '" + reference.service +
           "': " + expected_names(reference.service, service_names(config));
  }
  const std::vector<std::string> attributes = attributes_of(service->kind);
  if (std::find(attributes.begin(), attributes.end(), reference.attribute) == attributes.end()) {
    return shown + ": a " + std::string(name_of(service->kind)) + " service has no '" +
           reference.attribute + "': " + expected_names(reference.attribute, attributes);
  }
  if (std::find(reachable.begin(), reachable.end(), service) == reachable.end()) {
    return shown + ": add '" + reference.service + "' to " + std::string(reach);
  }
  return {};
}

void check_values(const Config& config, const Pairs& env, const std::vector<std::string>& from,
                  const std::vector<std::string>& places, std::string_view reach,
                  Mistakes& mistakes) {
  const std::vector<const ServiceConfig*> reachable = config.needs_of(from);
  for (std::size_t i = 0; i < env.size(); ++i) {
    const auto& [variable, value] = env[i];
    const std::string place = place_at(places, i);
    const base::Result<std::vector<Reference>> references = references_in(value);
    if (!references) {
      tell(mistakes, place, variable + ": " + references.error().message);
      continue;
    }
    for (const Reference& reference : *references) {
      if (const std::string fault = fault_of(config, reference, reachable, reach); !fault.empty()) {
        tell(mistakes, place, variable + ": " + fault);
      }
    }
  }
}

template <typename Item>
void check_unique(const std::vector<Item>& items, std::string_view what, Mistakes& mistakes) {
  std::set<std::string> seen;
  for (const Item& item : items) {
    if (!item.name.empty() && !seen.insert(item.name).second) {
      tell(mistakes, item.place, "a second " + std::string(what) + " named '" + item.name + "'");
    }
  }
}

// Follows the first unsorted need of each service until one comes again: "app -> worker -> app".
std::string circle_among(const std::vector<ServiceConfig>& rest) {
  const auto is_left = [&](const std::string& name) {
    return std::any_of(rest.begin(), rest.end(), [&](const auto& s) { return s.name == name; });
  };
  std::vector<std::string> path{rest.front().name};
  for (;;) {
    const auto service = std::find_if(rest.begin(), rest.end(),
                                      [&](const auto& s) { return s.name == path.back(); });
    const auto need = std::find_if(service->needs.begin(), service->needs.end(), is_left);
    const auto seen = std::find(path.begin(), path.end(), *need);
    const bool closed = seen != path.end();
    const std::vector<std::string> tail(seen, path.end());
    path.push_back(*need);
    if (closed) {
      return base::join(tail, " -> ") + " -> " + path.back();
    }
  }
}

// Kahn's algorithm over a few services; otherwise the order of the file is kept.
void sort_by_needs(Config& config, Mistakes& mistakes) {
  std::vector<ServiceConfig> rest = std::move(config.services);
  std::vector<ServiceConfig> sorted;
  const auto is_sorted = [&](const std::string& name) {
    return std::any_of(sorted.begin(), sorted.end(), [&](const auto& s) { return s.name == name; });
  };
  while (!rest.empty()) {
    const auto next = std::find_if(rest.begin(), rest.end(), [&](const ServiceConfig& service) {
      return std::all_of(service.needs.begin(), service.needs.end(), is_sorted);
    });
    if (next == rest.end()) {
      tell(mistakes, rest.front().place,
           "services need each other in a circle: " + circle_among(rest));
      break;
    }
    sorted.push_back(std::move(*next));
    rest.erase(next);
  }
  config.services = std::move(sorted);
}

void check_migrations(const Config& config, const Places& places, Mistakes& mistakes) {
  if (!config.migrations) {
    return;
  }
  const std::string& name = config.migrations->service;
  check_names(config, {name}, {places.migrations_service}, mistakes);
  const ServiceConfig* service = config.service(name);
  if (service != nullptr && service->kind != ServiceKind::kPostgres) {
    tell(mistakes, places.migrations_service,
         "'" + name + "' is of kind " + std::string(name_of(service->kind)) +
             ", expected a service of kind postgres");
  }
  if (service != nullptr && service->ready.migration > 0) {
    tell(mistakes, places.migrations_service,
         "'" + name +
             "' waits for a migration, and this file's are applied after it is ready: "
             "leave out its 'migration'");
  }
}

// Isolation that would lie: the test looks into its worker's database, the application into
// another.
void check_isolation(const Config& config, const SuiteConfig& suite, const SuitePlaces& places,
                     Mistakes& mistakes) {
  check_names(config, suite.shares, places.shares, mistakes);
  for (std::size_t i = 0; i < suite.shares.size(); ++i) {
    const ServiceConfig* service = config.service(suite.shares[i]);
    if (service != nullptr && service->isolation == Isolation::kNone) {
      tell(mistakes, place_at(places.shares, i),
           "'" + service->name + "' has no isolation: it is shared anyway");
    }
  }
  for (const auto& [service, application] : isolated_services_of_applications(suite, config)) {
    if (std::find(suite.shares.begin(), suite.shares.end(), service) == suite.shares.end()) {
      tell(mistakes, place_at(places.uses, 0),
           "suite '" + suite.name + "' uses '" + application + "', which works in the one '" +
               service +
               "' that all workers share, and would itself have another one (isolation: " +
               std::string(name_of(config.service(service)->isolation)) +
               "): give the suite shares: [" + service + "]");
    }
  }
}

void check_isolation_kind(const ServiceConfig& service, Mistakes& mistakes) {
  const bool right =
      service.isolation == Isolation::kNone || service.kind == ServiceKind::kRedis ||
      (service.kind == ServiceKind::kPostgres && service.isolation == Isolation::kDatabase);
  if (!right) {
    tell(mistakes, service.place,
         "isolation: " + std::string(name_of(service.isolation)) +
             " is not for a service of kind " + std::string(name_of(service.kind)) +
             ", expected database (postgres, redis) or prefix (redis)");
  }
}

}  // namespace

void check_config(Config& config, const Places& places, Mistakes& mistakes) {
  check_unique(config.services, "service", mistakes);
  check_unique(config.suites, "suite", mistakes);
  check_unique(config.secrets, "secret", mistakes);
  check_migrations(config, places, mistakes);
  for (std::size_t i = 0; i < config.services.size(); ++i) {
    const ServiceConfig& service = config.services[i];
    check_isolation_kind(service, mistakes);
    check_names(config, service.needs, places.services[i].needs, mistakes);
    check_values(config, service.env, service.needs, places.services[i].env,
                 "the needs of '" + service.name + "'", mistakes);
  }
  for (std::size_t i = 0; i < config.suites.size(); ++i) {
    const SuiteConfig& suite = config.suites[i];
    check_names(config, suite.uses, places.suites[i].uses, mistakes);
    check_isolation(config, suite, places.suites[i], mistakes);
    check_values(config, suite.env, suite.uses, places.suites[i].env,
                 "what suite '" + suite.name + "' uses", mistakes);
  }
  // With an unknown need there is no order; it was told above.
  if (mistakes.empty()) {
    sort_by_needs(config, mistakes);
  }
}

}  // namespace harness
