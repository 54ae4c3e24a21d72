// The database that is migrated: one connection, what is recorded in it, and how one more migration
// is applied. Private to the room.
#pragma once

#include <libpq-fe.h>

#include <cstddef>
#include <initializer_list>
#include <map>
#include <memory>
#include <string>

#include "common/base/error.h"
#include "harness/migrate/migrate.h"

namespace harness {

// A row of drydock_migrations.
struct Recorded {
  std::string file;
  std::string sha256;
  std::string applied_at;
  bool dirty = false;  // begun outside of a transaction and not ended
};

class Database {
 public:
  static base::Result<Database> open(const std::string& url, const MigrationLimits& limits);
  // Waits until no other harness migrates this database, and sees to it that the table is there.
  // Freed by the server when the connection ends, however it ends.
  base::Result<void> lock(const MigrationLimits& limits);
  // By version; empty where there is no table.
  base::Result<std::map<long, Recorded>> recorded();
  // With its record in one transaction; else recorded as dirty, statement by statement, and no
  // longer dirty.
  base::Result<void> apply(const Migration& migration);

 private:
  struct Finish {
    void operator()(PGconn* connection) const { PQfinish(connection); }
  };

  struct Clear {
    void operator()(PGresult* result) const { PQclear(result); }
  };

  using QueryResult = std::unique_ptr<PGresult, Clear>;

  explicit Database(std::unique_ptr<PGconn, Finish> connection)
      : connection_(std::move(connection)) {}

  base::Result<QueryResult> query(const std::string& sql,
                                  std::initializer_list<std::string> parameters = {});
  base::Result<void> command(const std::string& sql);
  base::Result<std::string> one_value(const std::string& sql);
  base::Result<void> find_table();
  base::Result<void> make_table();
  base::Result<void> run(const Migration& migration);
  base::Result<void> run_singly(const Migration& migration);
  base::Result<void> reset(const Migration& migration);
  base::Result<void> record(const Migration& migration, bool dirty);
  base::Result<void> apply_whole(const Migration& migration);
  base::Result<void> apply_singly(const Migration& migration);
  // `offset`: where the text that was sent begins in the file.
  [[nodiscard]] base::Error failure(const Migration& migration, const PGresult* result,
                                    std::size_t succeeded_before, std::size_t offset = 0) const;

  std::unique_ptr<PGconn, Finish> connection_;
  std::string table_;  // with its schema: a migration may change the search path
  bool has_table_ = false;
  bool has_dirty_ = false;  // a table of an older version has no such column
};

}  // namespace harness
