#include "harness/migrate/migrate.h"

#include <algorithm>
#include <map>
#include <string_view>
#include <utility>

#include "common/base/text.h"
#include "harness/migrate/database.h"

namespace harness {
namespace {

using Records = std::map<long, Recorded>;

MigrationState state_of(const Migration& migration, const Records& records) {
  const auto found = records.find(migration.version);
  if (found == records.end()) {
    const bool passed = !records.empty() && records.rbegin()->first > migration.version;
    return passed ? MigrationState::kOutOfOrder : MigrationState::kPending;
  }
  if (found->second.dirty) {
    return MigrationState::kDirty;
  }
  return found->second.sha256 == migration.sha256 ? MigrationState::kApplied
                                                  : MigrationState::kChanged;
}

std::vector<MigrationStatus> compare(const std::vector<Migration>& migrations,
                                     const Records& records) {
  std::map<long, MigrationStatus> all;
  for (const auto& [version, record] : records) {
    all[version] = {version, record.file,
                    record.dirty ? MigrationState::kDirty : MigrationState::kNoFile,
                    record.applied_at};
  }
  for (const Migration& migration : migrations) {
    MigrationStatus& status = all[migration.version];
    status.version = migration.version;
    status.file = migration.file;
    status.state = state_of(migration, records);
  }
  std::vector<MigrationStatus> sorted;
  sorted.reserve(all.size());
  for (auto& [version, status] : all) {
    sorted.push_back(std::move(status));
  }
  return sorted;
}

// Every reason not to touch the database, one a line.
std::string refusals(const std::vector<Migration>& migrations, const Records& records) {
  std::vector<std::string> lines;
  for (const MigrationStatus& status : compare(migrations, records)) {
    if (status.state == MigrationState::kDirty) {
      lines.push_back(status.file + ": was left half done at " + status.applied_at + ": " +
                      way_out_of_dirty(status.version));
    }
  }
  for (const Migration& migration : migrations) {
    if (state_of(migration, records) == MigrationState::kChanged) {
      lines.push_back(
          migration.path +
          ": was changed after it had been applied: put it back and add a new migration");
    }
  }
  return base::join(lines, "\n");
}

std::vector<std::string> notes_on(const std::vector<MigrationStatus>& statuses) {
  std::vector<std::string> notes;
  for (const MigrationStatus& status : statuses) {
    if (status.state == MigrationState::kOutOfOrder) {
      notes.push_back(status.file + " is applied out of order: a later one was there before it");
    } else if (status.state == MigrationState::kNoFile) {
      notes.push_back(status.file + " was applied to this database, and there is no such file");
    }
  }
  return notes;
}

}  // namespace

std::string_view name_of(MigrationState state) {
  switch (state) {
    case MigrationState::kApplied:
      return "applied";
    case MigrationState::kPending:
      return "pending";
    case MigrationState::kOutOfOrder:
      return "pending, out of order";
    case MigrationState::kChanged:
      return "changed after it was applied";
    case MigrationState::kDirty:
      return "dirty";
    case MigrationState::kNoFile:
      return "applied, without a file";
  }
  return "pending";
}

std::string way_out_of_dirty(long version) {
  const std::string row = "drydock_migrations WHERE version = " + std::to_string(version);
  return "undo by hand what it did and `DELETE FROM " + row +
         "`, or finish it and `UPDATE drydock_migrations SET dirty = false WHERE version = " +
         std::to_string(version) + "`";
}

std::string describe(const MigrationReport& report) {
  std::string text = std::to_string(report.applied) + " applied, " +
                     std::to_string(report.already) + " there already";
  for (const std::string& note : report.notes) {
    text += "; " + note;
  }
  return text;
}

base::Result<std::vector<MigrationStatus>> migration_status(
    const std::string& url, const std::vector<Migration>& migrations,
    const MigrationLimits& limits) {
  base::Result<Database> database = Database::open(url, limits);
  if (!database) {
    return database.error();
  }
  const base::Result<Records> records = database->recorded();
  if (!records) {
    return records.error();
  }
  return compare(migrations, *records);
}

base::Result<MigrationReport> migrate(
    const std::string& url, const std::vector<Migration>& migrations,
    const std::function<void(const Migration&, bool applied)>& told,
    const MigrationLimits& limits) {
  base::Result<Database> database = Database::open(url, limits);
  if (!database) {
    return database.error();
  }
  if (base::Result<void> locked = database->lock(limits); !locked) {
    return locked.error();
  }
  const base::Result<Records> records = database->recorded();
  if (!records) {
    return records.error();
  }
  if (const std::string refused = refusals(migrations, *records); !refused.empty()) {
    return base::invalid_input(refused);
  }
  MigrationReport report;
  report.notes = notes_on(compare(migrations, *records));
  for (const Migration& migration : migrations) {
    const bool apply = !records->contains(migration.version);
    if (apply) {
      if (base::Result<void> applied = database->apply(migration); !applied) {
        return applied.error();
      }
    }
    ++(apply ? report.applied : report.already);
    if (told) {
      told(migration, apply);
    }
  }
  return report;
}

}  // namespace harness
