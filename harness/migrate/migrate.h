// migrate: *.up.sql files of a folder, in the order of their numbers, each once, recorded in the
// database.
//
// Doors: read_migrations(), then migrate().
// May include: common/base. Uses libpq itself and not libpqxx: only it says where in a text the
// server stopped.
#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
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
};

// Sorted by version. kInvalidInput: a name without a number, two with the same number, none at all,
// a file that begins or ends a transaction of its own; all of them told, not only the first.
base::Result<std::vector<Migration>> read_migrations(const std::string& directory);

struct MigrationReport {
  int applied = 0;
  int already = 0;
};

struct MigrationLimits {
  std::chrono::milliseconds connect{10'000};
  std::chrono::milliseconds lock{60'000};  // while another harness migrates the same database
};

// Each in a transaction of its own, all under one advisory lock, recorded in
// drydock_migrations(version, file, sha256, applied_at). A recorded file whose text has changed is
// an error. A failing statement: its file:line:column, the statement and the server's message.
// `told` is called after each. kUnavailable: no connection; kPermissionDenied: a wrong password;
// kTimedOut: the lock; else kInvalidInput.
base::Result<MigrationReport> migrate(
    const std::string& url, const std::vector<Migration>& migrations,
    const std::function<void(const Migration&, bool applied)>& told,
    const MigrationLimits& limits = {});

}  // namespace harness
