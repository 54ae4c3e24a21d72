#include "harness/verbs/migrate.h"

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "harness/migrate/migrate.h"
#include "harness/ready/waiter.h"

namespace harness {
namespace {

struct Target {
  std::string url;
  std::chrono::milliseconds ready_timeout;
  std::vector<Migration> migrations;
};

base::Result<Target> target_of(const MigrateOptions& options, const VerbContext& context) {
  const base::Result<Config> config = load_config(options.config.path);
  if (!config) {
    return config.error();
  }
  if (!config->migrations) {
    return base::invalid_input(config->file + ": has no `migrations`");
  }
  const ServiceConfig& service = *config->service(config->migrations->service);
  if (service.url_env.empty() || !context.environment.has(service.url_env)) {
    return base::invalid_input(
        (service.url_env.empty() ? service.name + " has no url_env"
                                 : service.url_env + " is not set") +
        ": there is no database to migrate (`harness run` migrates the one that it starts)");
  }
  base::Result<std::vector<Migration>> migrations =
      read_migrations(path_beside(*config, config->migrations->directory));
  if (!migrations) {
    return migrations.error();
  }
  return Target{*context.environment.get(service.url_env), service.ready.timeout,
                *std::move(migrations)};
}

int code_of(base::ErrorKind kind) {
  switch (kind) {
    case base::ErrorKind::kUnavailable:
      return kVerbNotReady;
    case base::ErrorKind::kPermissionDenied:
      return kVerbRefused;
    default:
      return kVerbMigrationFailed;
  }
}

// 0 once the database lets us in.
int wait_for_database(const Target& target, const VerbContext& context) {
  WaitLimits limits;
  limits.timeout = target.ready_timeout;
  const WaitReport report = wait_until_ready([&] { return probe_postgres(target.url); }, limits,
                                             context.clock, real_pause());
  if (report.readiness == Readiness::kReady) {
    return kVerbOk;
  }
  tell(context, "database: " + std::string(name_of(report.readiness)) + ": " + report.reason);
  return report.readiness == Readiness::kNever ? kVerbRefused : kVerbNotReady;
}

}  // namespace

int migrate_verb(const MigrateOptions& options, const VerbContext& context) {
  const base::Result<Target> target = target_of(options, context);
  if (!target) {
    tell(context, target.error().message);
    return kVerbUsage;
  }
  if (const int code = wait_for_database(*target, context); code != kVerbOk) {
    return code;
  }
  const base::Result<MigrationReport> report =
      migrate(target->url, target->migrations, [&](const Migration& migration, bool applied) {
        tell(context, migration.file + (applied ? ": applied" : ": already there"));
      });
  if (!report) {
    tell(context, report.error().message);
    return code_of(report.error().kind);
  }
  for (const std::string& note : report->notes) {
    tell(context, note);
  }
  if (context.json) {
    print(context,
          nlohmann::ordered_json{
              {"applied", report->applied}, {"already", report->already}, {"notes", report->notes}}
              .dump());
  }
  return kVerbOk;
}

int migrate_status_verb(const MigrateStatusOptions& options, const VerbContext& context) {
  const base::Result<Target> target = target_of(options.migrate, context);
  if (!target) {
    tell(context, target.error().message);
    return kVerbUsage;
  }
  if (const int code = wait_for_database(*target, context); code != kVerbOk) {
    return code;
  }
  const base::Result<std::vector<MigrationStatus>> statuses =
      migration_status(target->url, target->migrations);
  if (!statuses) {
    tell(context, statuses.error().message);
    return code_of(statuses.error().kind);
  }
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  int code = kVerbOk;
  for (const MigrationStatus& status : *statuses) {
    const bool dirty = status.state == MigrationState::kDirty;
    if (dirty || status.state == MigrationState::kChanged) {
      code = kVerbMigrationFailed;
    }
    list.push_back({{"version", status.version},
                    {"file", status.file},
                    {"state", name_of(status.state)},
                    {"applied_at", status.applied_at}});
    if (!context.json) {
      print(context, status.file + ": " + std::string(name_of(status.state)) +
                         (status.applied_at.empty() ? "" : " (" + status.applied_at + ")"));
    }
    if (dirty) {
      tell(context, status.file + ": " + way_out_of_dirty(status.version));
    }
  }
  if (context.json) {
    print(context, nlohmann::ordered_json{{"ok", code == kVerbOk}, {"migrations", list}}.dump());
  }
  return code;
}

}  // namespace harness
