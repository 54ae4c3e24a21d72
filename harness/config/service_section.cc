#include "harness/config/service_section.h"

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/text.h"

namespace harness {
namespace {

constexpr int kMigrationMax = 2'000'000'000;
constexpr int kStatusMin = 100;
constexpr int kStatusMax = 599;

// Which keys are of some kinds only.
struct KeyOfKinds {
  std::string_view key;
  std::vector<ServiceKind> kinds;
};

const std::vector<KeyOfKinds>& keys_of_kinds() {
  using enum ServiceKind;
  static const std::vector<KeyOfKinds> kKeys{
      {"url_env", {kPostgres, kRedis, kDragonfly, kMockllm, kHttp, kNats, kTcp}},
      {"key_env", {kMockllm}},
      {"unattributed", {kMockllm}},
      {"ready", {kHttp, kCommand}},
      {"fatal_statuses", {kHttp}},
      {"check_timeout", {kCommand}},
      {"role", {kPostgres, kRedis, kDragonfly}},
      {"migration", {kPostgres}},
      {"path", {kFile}},
      {"object", {kKubernetes}},
      {"condition", {kKubernetes}},
      {"namespace", {kKubernetes}},
      {"context", {kKubernetes}},
      {"kubeconfig", {kKubernetes}}};
  return kKeys;
}

std::string names_of(const std::vector<ServiceKind>& kinds) {
  std::string text;
  for (std::size_t i = 0; i < kinds.size(); ++i) {
    text += i == 0 ? "" : (i + 1 == kinds.size() ? " or " : ", ");
    text += name_of(kinds[i]);
  }
  return text;
}

// One service being read.
class ServiceReader {
 public:
  ServiceReader(const Section& section, Mistakes& mistakes, ServiceConfig& service)
      : section_(section),
        mistakes_(mistakes),
        service_(service) {}

  void read_local();
  void read_ready();
  void check();

 private:
  void read_local_program(const yaml::Node& node, bool has_path);
  void read_http();
  void read_statuses();
  void read_object();
  void check_path(const Section& section);
  void need_source();

  const Section& section_;
  Mistakes& mistakes_;
  ServiceConfig& service_;
};

void ServiceReader::read_local() {
  const std::optional<yaml::Node> node = section_.find("local");
  if (!node || is_false(*node)) {
    return;
  }
  LocalService& local = service_.local.emplace();
  switch (service_.kind) {
    case ServiceKind::kPostgres: {
      const Section keys(*node, mistakes_, {"database"});
      local.database = "app";
      if (keys.read("database", local.database)) {
        name_must_be_plain(local.database, "_-", keys.place_of("database"), mistakes_);
      }
      return;
    }
    case ServiceKind::kRedis:
    case ServiceKind::kNats:
      Section(*node, mistakes_, {});
      return;
    case ServiceKind::kMockllm: {
      const Section keys(*node, mistakes_, {"fixtures", "cassettes"});
      keys.read_path("fixtures", local.fixtures);
      keys.read_path("cassettes", local.cassettes);
      return;
    }
    case ServiceKind::kHttp:
    case ServiceKind::kTcp:
    case ServiceKind::kCommand:
      read_local_program(*node, service_.kind == ServiceKind::kHttp);
      return;
    case ServiceKind::kDragonfly:
    case ServiceKind::kFile:
    case ServiceKind::kKubernetes:
      break;
  }
  service_.local.reset();
  tell(mistakes_, section_.place_of("local"),
       "the harness starts no " + std::string(name_of(service_.kind)) +
           " service, expected one of kind postgres, redis, nats, mockllm, http, tcp or command");
}

void ServiceReader::read_local_program(const yaml::Node& node, bool has_path) {
  std::vector<std::string> known{"run", "directory"};
  if (has_path) {
    known.emplace_back("ready");
  }
  const Section keys(node, mistakes_, known);
  keys.read_argv("run", service_.local->run);
  if (!keys.find("run")) {
    keys.missing("run");
  }
  keys.read_path("directory", service_.local->directory);
  if (has_path) {
    check_path(keys);
    if (keys.find("ready") && section_.find("ready")) {
      tell(mistakes_, keys.place_of("ready"), "'ready' stands twice: here and beside 'local'");
    }
  }
}

// Of http: the path that is asked.
void ServiceReader::check_path(const Section& section) {
  if (section.read("ready", service_.ready.path) && service_.ready.path.front() != '/') {
    tell(mistakes_, section.place_of("ready"),
         "'" + base::printable(service_.ready.path) +
             "' is not a path, expected one such as /healthz");
  }
}

void ServiceReader::read_statuses() {
  const std::optional<yaml::Node> node = section_.find("fatal_statuses");
  if (!node) {
    return;
  }
  const base::Result<std::vector<yaml::Node>> items = node->items();
  if (!items) {
    mistakes_.add(items.error());
    return;
  }
  service_.ready.fatal_statuses.clear();
  for (const yaml::Node& item : *items) {
    const base::Result<std::int64_t> status = item.integer(kStatusMin, kStatusMax);
    if (!status) {
      mistakes_.add(status.error());
    } else if (*status >= 200 && *status < 300) {
      tell(mistakes_, yaml::to_string(item.place()), "a 2xx is what is waited for");
    } else {
      service_.ready.fatal_statuses.push_back(static_cast<int>(*status));
    }
  }
}

void ServiceReader::read_object() {
  ClusterObject& object = service_.ready.object;
  std::string text;
  if (section_.need("object", text)) {
    const std::size_t slash = text.find('/');
    object.kind = base::to_lower(text.substr(0, slash));
    object.name = slash == std::string::npos ? "" : text.substr(slash + 1);
    if (!is_plain_name(object.kind, "-.") || !is_plain_name(object.name, "-.")) {
      tell(mistakes_, section_.place_of("object"),
           "'" + base::printable(text) + "' is not KIND/NAME, expected one such as deployment/app");
    }
  }
  section_.read("condition", object.condition);
  if (section_.read("namespace", object.namespace_name)) {
    name_must_be_plain(object.namespace_name, "-", section_.place_of("namespace"), mistakes_);
  }
  section_.read("context", object.context);
  section_.read("kubeconfig", object.kubeconfig);
}

void ServiceReader::read_ready() {
  ReadyConfig& ready = service_.ready;
  section_.read("ready_timeout", ready.timeout);
  section_.read("stable_for", ready.stable_for);
  section_.read("check_timeout", ready.check_timeout);
  if (ready.stable_for >= ready.timeout) {
    tell(mistakes_, section_.place_of("stable_for"),
         "'stable_for' leaves no time: it must be shorter than 'ready_timeout'");
  }
  if (const auto role = section_.read_choice("role", {"any", "primary", "replica"})) {
    ready.role = static_cast<ServerRole>(*role);
  }
  int migration = 0;
  if (section_.read_count("migration", migration, kMigrationMax)) {
    ready.migration = migration;
  }
  switch (service_.kind) {
    case ServiceKind::kHttp:
      check_path(section_);
      read_statuses();
      return;
    case ServiceKind::kCommand:
      section_.read_argv("ready", ready.run);
      return;
    case ServiceKind::kFile:
      section_.need("path", ready.path);
      return;
    case ServiceKind::kKubernetes:
      read_object();
      return;
    default:
      return;
  }
}

void ServiceReader::need_source() {
  const std::optional<yaml::Node> local = section_.find("local");
  const bool started = local && !is_false(*local);  // also where it was refused above
  if (has_url(service_.kind) && !section_.find("url_env") && !started) {
    tell(mistakes_, service_.place,
         "service '" + service_.name + "' can be neither found nor started: give url_env or local");
  } else if (service_.kind == ServiceKind::kCommand && !section_.find("ready") && !started) {
    tell(mistakes_, service_.place,
         "service '" + service_.name +
             "' can be neither checked nor started: give ready, local or both");
  }
}

void ServiceReader::check() {
  for (const KeyOfKinds& of_kinds : keys_of_kinds()) {
    const bool fits = std::find(of_kinds.kinds.begin(), of_kinds.kinds.end(), service_.kind) !=
                      of_kinds.kinds.end();
    if (section_.find(of_kinds.key) && !fits) {
      tell(mistakes_, section_.place_of(of_kinds.key),
           "'" + std::string(of_kinds.key) + "' belongs to a " + names_of(of_kinds.kinds) +
               " service, this one is " + std::string(name_of(service_.kind)));
    }
  }
  if (section_.find("env") && (!service_.local || !is_application(service_))) {
    tell(mistakes_, section_.place_of("env"),
         "'env' is of a local http, tcp or command service, which the harness starts; this one is "
         "not");
  }
  const std::vector<std::string> places = section_.places_in("env");
  for (std::size_t i = 0; i < service_.env.size(); ++i) {
    if (service_.env[i].first == "PORT") {
      tell(mistakes_, i < places.size() ? places[i] : service_.place,
           "PORT is chosen by the harness");
    }
  }
  need_source();
}

}  // namespace

ServiceConfig read_service(const yaml::Node::Entry& entry, Mistakes& mistakes,
                           ServicePlaces& places) {
  std::vector<std::string> known{"kind",          "local",      "needs",    "env",
                                 "ready_timeout", "stable_for", "isolation"};
  for (const KeyOfKinds& of_kinds : keys_of_kinds()) {
    known.emplace_back(of_kinds.key);
  }
  const Section section(entry.value, mistakes, known);
  ServiceConfig service;
  service.name = entry.key;
  service.place = yaml::to_string(entry.key_place);
  name_must_be_plain(service.name, "_-", service.place, mistakes);
  if (!section.find("kind")) {
    section.missing("kind");
  }
  section.read_variable("url_env", service.url_env);
  section.read_variable("key_env", service.key_env);
  section.read_list("needs", service.needs);
  section.read_variables("env", service.env);
  if (const auto choice = section.read_choice("unattributed", {"fail", "warn"})) {
    service.unattributed_warn = *choice == 1;
  }
  if (const auto isolation = section.read_choice("isolation", {"none", "database", "prefix"})) {
    service.isolation = static_cast<Isolation>(*isolation);
  }
  std::vector<std::string> kinds;
  for (std::size_t kind = 0; kind < kServiceKinds; ++kind) {
    kinds.emplace_back(name_of(static_cast<ServiceKind>(kind)));
  }
  if (const auto kind = section.read_choice("kind", kinds)) {
    service.kind = static_cast<ServiceKind>(*kind);
    ServiceReader reader(section, mistakes, service);
    reader.read_local();
    reader.read_ready();
    reader.check();
  }
  places = {section.places_in("needs"), section.places_in("env")};
  return service;
}

}  // namespace harness
