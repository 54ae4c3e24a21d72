#include "harness/databases.h"

#include "common/base/text.h"
#include "harness/migrate/migrate.h"
#include "harness/verbs/verb.h"

namespace harness {

Databases::Step Databases::migrate_shared() {
  if (!config_.migrations) {
    return {};
  }
  const std::string& name = config_.migrations->service;
  const ServiceAddress* database = services_.find(name);
  CHECK(database != nullptr);  // the configuration was checked, and the services are up
  const base::Result<std::vector<Migration>> migrations =
      read_migrations(path_beside(config_, config_.migrations->directory));
  if (!migrations) {
    const std::string reason = config_.migrations->place + ": " + migrations.error().message;
    return {"", ServiceFailure{name, reason, ExitCode::kUsage, ""}};
  }
  const base::Result<MigrationReport> report =
      migrate(database->url, *migrations, [](const Migration&, bool) {});
  if (!report) {
    return {"", ServiceFailure{name, report.error().message, ExitCode::kMigrationFailed, ""}};
  }
  return {describe(*report), std::nullopt};
}

std::optional<ServiceFailure> Databases::isolate_one(const ServiceConfig& service,
                                                     const IsolationRequest& request) {
  bool migration_failed = false;
  IsolationRequest own = request;
  if (config_.migrations && config_.migrations->service == service.name) {
    own.migrate = [&](const std::string& url) -> base::Result<void> {
      const base::Result<std::vector<Migration>> migrations =
          read_migrations(path_beside(config_, config_.migrations->directory));
      const base::Result<MigrationReport> report =
          migrations ? migrate(url, *migrations, {}) : migrations.error();
      migration_failed = !report;
      return report ? base::Result<void>() : report.error();
    };
  }
  base::Result<std::unique_ptr<Isolated>> isolated = isolate(own);
  if (!isolated) {
    const bool away = isolated.error().kind == base::ErrorKind::kUnavailable;
    const ExitCode code = migration_failed ? ExitCode::kMigrationFailed
                          : away           ? ExitCode::kServiceNotReady
                                           : ExitCode::kServiceRefused;
    return ServiceFailure{service.name, service.name + ": " + isolated.error().message, code, ""};
  }
  for (std::size_t worker = 0; worker < workers_.size(); ++worker) {
    const WorkerPlace& place = (*isolated)->places()[worker];
    workers_[worker][service.name + ".url"] = place.url;
    if (service.kind == ServiceKind::kRedis) {
      workers_[worker][service.name + ".prefix"] = place.prefix;
    }
  }
  for (const std::string& line : (*isolated)->leftovers()) {
    told_.push_back(service.name + ": " + line);
  }
  if (!request.is_private) {  // what is private goes with its server
    isolated_.emplace_back(service.name, std::move(*isolated));
  }
  return std::nullopt;
}

Databases::Step Databases::isolate_workers(const std::string& run, std::size_t workers,
                                           std::chrono::milliseconds lease) {
  std::vector<std::string> names;
  for (const ServiceConfig& service : config_.services) {
    const ServiceAddress* address = services_.find(service.name);
    if (service.isolation == Isolation::kNone || address == nullptr || workers == 0) {
      continue;
    }
    workers_.resize(workers);
    IsolationRequest request;
    request.isolation = service.isolation;
    request.kind = service.kind;
    request.url = address->url;
    request.run = run;
    request.workers = static_cast<int>(workers);
    request.is_private = address->local;
    request.lease = lease;
    if (std::optional<ServiceFailure> failure = isolate_one(service, request)) {
      return {"", std::move(failure)};
    }
    names.push_back(service.name + " (" + std::string(name_of(service.isolation)) + ")");
  }
  std::string detail;
  if (!names.empty()) {
    detail = base::join(names, ", ") + " for " + std::to_string(workers) +
             (workers == 1 ? " worker" : " workers");
  }
  for (const std::string& line : told_) {
    detail += "; " + line;
  }
  return {std::move(detail), std::nullopt};
}

std::string Databases::remove(std::chrono::milliseconds budget) {
  std::vector<std::string> left;
  for (const auto& [service, isolated] : isolated_) {
    if (std::string trouble = isolated->remove(budget); !trouble.empty()) {
      left.push_back(service + ": " + trouble);
    }
  }
  isolated_.clear();
  return base::join(left, "; ");
}

}  // namespace harness
