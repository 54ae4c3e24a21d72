// migrate: *.up.sql files of a folder, in the order of their numbers, each once, recorded in the
// database.
//
// Doors: read_migrations(), then migrate() or migration_status().
// May include: common/base. Uses libpq itself and not libpqxx: only it says where in a text the
// server stopped.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"

namespace harness {

inline constexpr std::size_t kMigrationBytesMax = 16 * 1024 * 1024;
inline constexpr std::size_t kMigrationsMax = 10'000;

struct Migration {
  std::string file;  // "0001_conversations.up.sql"
  std::string path;
  long version = 0;  // 1
  std::string sql;
  std::string sha256;
  bool transactional = true;  // false: its first line is kNoTransaction
};

// For statements that PostgreSQL refuses inside a transaction, such as CREATE INDEX CONCURRENTLY.
inline constexpr std::string_view kNoTransaction = "-- drydock: no transaction";

// Sorted by version. kInvalidInput: a name without a number, two with the same number, none at all,
// a file that begins or ends a transaction of its own, a statement that cannot run in one in a file
// without kNoTransaction; all of them told, not only the first.
base::Result<std::vector<Migration>> read_migrations(const std::string& directory);

struct MigrationReport {
  int applied = 0;
  int already = 0;
  std::vector<std::string> notes;  // applied out of order, recorded without a file
};

// "2 applied, 1 there already", and the notes.
std::string describe(const MigrationReport& report);

enum class MigrationState {
  kApplied,
  kPending,
  kOutOfOrder,  // pending, and a later one was applied
  kChanged,     // its text is not what was applied
  kDirty,       // begun outside of a transaction and not ended
  kNoFile       // applied, and the folder does not have it
};
std::string_view name_of(MigrationState state);

struct MigrationStatus {
  long version = 0;
  std::string file;
  MigrationState state = MigrationState::kPending;
  std::string applied_at = {};  // UTC; empty where it is not
};

// What a person does about a migration that was left half done.
std::string way_out_of_dirty(long version);

struct MigrationLimits {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds lock{60'000};  // while another harness migrates the same database
};

// By version. Changes nothing and waits for nobody.
base::Result<std::vector<MigrationStatus>> migration_status(
    const std::string& url, const std::vector<Migration>& migrations,
    const MigrationLimits& limits = {});

// Each in a transaction of its own (but see kNoTransaction: these are recorded as dirty before
// their first statement, and no longer after their last), all under one advisory lock, recorded in
// drydock_migrations(version, file, sha256, applied_at, dirty). A recorded file whose text has
// changed, or one that is dirty, is an error before anything is applied. A failing statement: its
// file:line:column, the statement and the server's message. `told` is called after each.
// kUnavailable: no connection; kPermissionDenied: a wrong password; kTimedOut: the lock; else
// kInvalidInput.
base::Result<MigrationReport> migrate(
    const std::string& url, const std::vector<Migration>& migrations,
    const std::function<void(const Migration&, bool applied)>& told,
    const MigrationLimits& limits = {});

}  // namespace harness
