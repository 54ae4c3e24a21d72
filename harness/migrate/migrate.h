// migrate: *.up.sql files of a folder, in the order of their numbers, each once, recorded in the database.
//
// May include: common/base.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "common/base/error.h"

namespace harness {

struct Migration {
  std::string file;      // "0001_conversations.up.sql"
  std::string path;
  long version = 0;      // 1
  std::string sql;
  std::string sha256;
};

// Sorted by version. kInvalidInput: a name without a number, two with the same number, none at all.
base::Result<std::vector<Migration>> read_migrations(const std::string& directory);

struct MigrationReport {
  int applied = 0;
  int already = 0;
};

// Each in a transaction of its own under an advisory lock, recorded in drydock_migrations(version, file, sha256,
// applied_at). A recorded file whose text has changed is an error. A failing statement: its file:line:column,
// the statement and the server's message. `told` is called after each.
base::Result<MigrationReport> migrate(const std::string& url, const std::vector<Migration>& migrations,
                                      const std::function<void(const Migration&, bool applied)>& told);

}  // namespace harness
