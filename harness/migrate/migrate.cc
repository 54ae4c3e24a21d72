#include "harness/migrate/migrate.h"

#include <libpq-fe.h>

#include <algorithm>
#include <charconv>
#include <map>
#include <memory>
#include <string_view>
#include <utility>

#include "common/base/text.h"
#include "harness/migrate/statements.h"

namespace harness {
namespace {

// "drydock" in ASCII: an arbitrary number that only we use.
constexpr const char* kLockKey = "28269553036454763";
constexpr std::size_t kShownStatementBytesMax = 1'000;

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};

struct FreeMemory {
  void operator()(char* memory) const { PQfreemem(memory); }
};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

using QueryResult = std::unique_ptr<PGresult, Clear>;

bool succeeded(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK || status == PGRES_EMPTY_QUERY;
}

std::string field_of(const PGresult* result, int field) {
  const char* value = PQresultErrorField(result, field);
  return value == nullptr ? std::string() : std::string(value);
}

// The server's words, with its detail and hint, a line each.
std::string said_by(const PGresult* result, const PGconn* connection) {
  std::string text = field_of(result, PG_DIAG_MESSAGE_PRIMARY);
  if (text.empty()) {
    return base::printable(base::trimmed(PQerrorMessage(connection)));
  }
  text += " (" + field_of(result, PG_DIAG_SQLSTATE) + ")";
  for (const auto& [field, name] :
       {std::pair(PG_DIAG_MESSAGE_DETAIL, "detail"), std::pair(PG_DIAG_MESSAGE_HINT, "hint")}) {
    if (const std::string more = field_of(result, field); !more.empty()) {
      text += std::string("; ") + name + ": " + more;
    }
  }
  return text;
}

// One connection that holds the lock; what is recorded, and how one more is applied.
class Database {
 public:
  static base::Result<Database> open(const std::string& url, const MigrationLimits& limits);
  base::Result<std::map<long, std::string>> recorded();  // version -> sha256
  base::Result<void> apply(const Migration& migration);

 private:
  explicit Database(std::unique_ptr<PGconn, Finish> connection)
      : connection_(std::move(connection)) {}

  base::Result<QueryResult> query(const char* sql,
                                  std::initializer_list<std::string> parameters = {});

  base::Result<void> command(const char* sql) {
    const base::Result<QueryResult> result = query(sql);
    return result ? base::Result<void>() : result.error();
  }

  base::Result<void> lock(const MigrationLimits& limits);
  base::Result<void> make_table();
  base::Result<void> run(const Migration& migration);
  base::Result<void> record(const Migration& migration);
  [[nodiscard]] base::Error failure(const Migration& migration, const PGresult* result,
                                    std::size_t succeeded_before) const;

  std::unique_ptr<PGconn, Finish> connection_;
  std::string table_;  // with its schema: a migration may change the search path
};

// A login that fails tells no SQLSTATE this way. Who wants to know for certain probes first.
base::Error connect_error(const std::string& message) {
  const std::string text = base::printable(message.substr(0, message.find('\n')));
  for (const std::string_view refusal : {"authentication failed", "no password supplied",
                                         "does not exist", "no pg_hba.conf entry"}) {
    if (text.find(refusal) != std::string::npos) {
      return base::permission_denied(text);
    }
  }
  return base::unavailable(text);
}

base::Result<Database> Database::open(const std::string& url, const MigrationLimits& limits) {
  const std::string seconds =
      std::to_string(std::max<long>(2, static_cast<long>(limits.connect.count() / 1'000)));
  const char* const keywords[] = {"dbname", "client_encoding", "application_name",
                                  "connect_timeout", nullptr};
  const char* const values[] = {url.c_str(), "UTF8", "drydock migrate", seconds.c_str(), nullptr};
  // What is wrong with the text is not told: libpq would quote it, password and all.
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(url.c_str(), nullptr));
  if (url.empty() || options == nullptr) {
    return base::invalid_input("its URL is not one of PostgreSQL");
  }
  std::unique_ptr<PGconn, Finish> connection(PQconnectdbParams(keywords, values, 1));
  if (PQstatus(connection.get()) != CONNECTION_OK) {
    return connect_error(PQerrorMessage(connection.get()));
  }
  // Notices such as "relation exists, skipping" are no news.
  PQsetNoticeProcessor(
      connection.get(), [](void*, const char*) {}, nullptr);
  Database database(std::move(connection));
  if (base::Result<void> locked = database.lock(limits); !locked) {
    return locked.error();
  }
  if (base::Result<void> made = database.make_table(); !made) {
    return std::move(made).error().within("cannot make the table drydock_migrations");
  }
  return database;
}

base::Result<QueryResult> Database::query(const char* sql,
                                          std::initializer_list<std::string> parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) {
    values.push_back(parameter.c_str());
  }
  QueryResult result(PQexecParams(connection_.get(), sql, static_cast<int>(values.size()), nullptr,
                                  values.data(), nullptr, nullptr, 0));
  if (succeeded(result.get())) {
    return result;
  }
  std::string message = said_by(result.get(), connection_.get());
  if (field_of(result.get(), PG_DIAG_SQLSTATE) == "55P03") {
    return base::timed_out(std::move(message));
  }
  return PQstatus(connection_.get()) == CONNECTION_OK ? base::invalid_input(std::move(message))
                                                      : base::unavailable(std::move(message));
}

// Freed by the server when the connection ends, however it ends.
base::Result<void> Database::lock(const MigrationLimits& limits) {
  const base::Result<QueryResult> limited = query("SELECT set_config('lock_timeout', $1, false)",
                                                  {std::to_string(limits.lock.count()) + "ms"});
  if (!limited) {
    return limited.error();
  }
  base::Result<QueryResult> locked = query("SELECT pg_advisory_lock($1::bigint)", {kLockKey});
  if (!locked) {
    return std::move(locked).error().within("another harness migrates this database");
  }
  return command("RESET lock_timeout");
}

base::Result<void> Database::make_table() {
  const base::Result<QueryResult> schema = query("SELECT current_schema()");
  if (!schema) {
    return schema.error();
  }
  if (PQgetisnull(schema->get(), 0, 0) != 0) {
    return base::invalid_input("the user has no schema to put it into");
  }
  const char* name = PQgetvalue(schema->get(), 0, 0);
  const std::unique_ptr<char, FreeMemory> quoted(
      PQescapeIdentifier(connection_.get(), name, std::string_view(name).size()));
  table_ = std::string(quoted.get()) + ".drydock_migrations";
  return command(("CREATE TABLE IF NOT EXISTS " + table_ +
                  " (version bigint PRIMARY KEY, file text NOT NULL, sha256 text NOT NULL, "
                  "applied_at timestamptz NOT NULL DEFAULT now())")
                     .c_str());
}

base::Result<std::map<long, std::string>> Database::recorded() {
  const base::Result<QueryResult> rows = query(("SELECT version, sha256 FROM " + table_).c_str());
  if (!rows) {
    return rows.error();
  }
  std::map<long, std::string> found;
  for (int row = 0; row < PQntuples(rows->get()); ++row) {
    const std::string_view text = PQgetvalue(rows->get(), row, 0);
    long version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    found[version] = PQgetvalue(rows->get(), row, 1);
  }
  return found;
}

base::Error Database::failure(const Migration& migration, const PGresult* result,
                              std::size_t succeeded_before) const {
  const std::vector<Statement> statements = split_statements(migration.sql);
  const std::string position = field_of(result, PG_DIAG_STATEMENT_POSITION);
  std::size_t offset = 0;
  const Statement* statement = nullptr;
  if (!position.empty()) {
    std::size_t character = 0;
    std::from_chars(position.data(), position.data() + position.size(), character);
    offset = offset_of_character(migration.sql, character);
    statement = statement_at(statements, offset);
  } else if (succeeded_before < statements.size()) {
    statement = &statements[succeeded_before];
    offset = statement->begin;
  }
  std::string message = migration.path + ":" + line_and_column(migration.sql, offset) + ": " +
                        said_by(result, connection_.get());
  if (statement != nullptr) {
    message += "\n  in: " + base::shortened(migration.sql.substr(statement->begin,
                                                                 statement->end - statement->begin),
                                            kShownStatementBytesMax);
  }
  return PQstatus(connection_.get()) == CONNECTION_OK ? base::invalid_input(std::move(message))
                                                      : base::unavailable(std::move(message));
}

// The whole file in one query: the server cuts it into statements and answers one result for each.
base::Result<void> Database::run(const Migration& migration) {
  base::Result<void> outcome;
  if (PQsendQuery(connection_.get(), migration.sql.c_str()) == 0) {
    return base::unavailable(PQerrorMessage(connection_.get()));
  }
  std::size_t done = 0;
  while (QueryResult result{PQgetResult(connection_.get())}) {
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COPY_IN) {
      PQputCopyEnd(connection_.get(), "COPY FROM STDIN is not supported in a migration");
    } else if (status == PGRES_COPY_OUT || status == PGRES_COPY_BOTH) {
      return base::invalid_input(migration.path +
                                 ": COPY TO STDOUT is not supported in a migration");
    } else if (succeeded(result.get())) {
      ++done;
    } else if (outcome.has_value()) {
      outcome = failure(migration, result.get(), done);
    }
  }
  return outcome;
}

base::Result<void> Database::record(const Migration& migration) {
  // Roles and settings of the migration are not to steer its record or the next one.
  for (const char* reset : {"SET CONSTRAINTS ALL IMMEDIATE", "RESET SESSION AUTHORIZATION",
                            "RESET ROLE", "RESET ALL"}) {
    if (base::Result<void> done = command(reset); !done) {
      return std::move(done).error().within(migration.path);
    }
  }
  const base::Result<QueryResult> inserted = query(
      ("INSERT INTO " + table_ + " (version, file, sha256) VALUES ($1::bigint, $2, $3)").c_str(),
      {std::to_string(migration.version), migration.file, migration.sha256});
  return inserted ? base::Result<void>() : base::Error(inserted.error()).within(migration.path);
}

base::Result<void> Database::apply(const Migration& migration) {
  if (base::Result<void> begun = command("BEGIN"); !begun) {
    return begun;
  }
  for (const auto step : {&Database::run, &Database::record}) {
    if (base::Result<void> done = (this->*step)(migration); !done) {
      PQclear(PQexec(connection_.get(), "ROLLBACK"));
      return done;
    }
  }
  base::Result<void> committed = command("COMMIT");
  return committed ? committed : std::move(committed).error().within(migration.path);
}

base::Error changed(const Migration& migration) {
  return base::invalid_input(
      migration.path +
      ": was changed after it had been applied: put it back and add a new migration");
}

}  // namespace

base::Result<MigrationReport> migrate(
    const std::string& url, const std::vector<Migration>& migrations,
    const std::function<void(const Migration&, bool applied)>& told,
    const MigrationLimits& limits) {
  base::Result<Database> database = Database::open(url, limits);
  if (!database) {
    return database.error();
  }
  const base::Result<std::map<long, std::string>> recorded = database->recorded();
  if (!recorded) {
    return recorded.error();
  }
  MigrationReport report;
  for (const Migration& migration : migrations) {
    const auto found = recorded->find(migration.version);
    const bool apply = found == recorded->end();
    if (!apply && found->second != migration.sha256) {
      return changed(migration);
    }
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
