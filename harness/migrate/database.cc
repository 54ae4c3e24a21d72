#include "harness/migrate/database.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "common/base/duration.h"
#include "common/base/text.h"
#include "harness/migrate/statements.h"

namespace harness {
namespace {

// "drydock" in ASCII: an arbitrary number that only we use.
constexpr const char* kLockKey = "28269553036454763";
constexpr std::size_t kShownStatementBytesMax = 1'000;
constexpr std::chrono::milliseconds kLockPauseMin{10};
constexpr std::chrono::milliseconds kLockPauseMax{200};

struct FreeMemory {
  void operator()(char* memory) const { PQfreemem(memory); }
};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

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

}  // namespace

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
  if (base::Result<void> found = database.find_table(); !found) {
    return found.error();
  }
  return database;
}

base::Result<Database::QueryResult> Database::query(const std::string& sql,
                                                    std::initializer_list<std::string> parameters) {
  std::vector<const char*> values;
  for (const std::string& parameter : parameters) {
    values.push_back(parameter.c_str());
  }
  QueryResult result(PQexecParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()),
                                  nullptr, values.data(), nullptr, nullptr, 0));
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

base::Result<void> Database::command(const std::string& sql) {
  const base::Result<QueryResult> result = query(sql);
  return result ? base::Result<void>() : result.error();
}

// Empty for NULL and for no row.
base::Result<std::string> Database::one_value(const std::string& sql) {
  const base::Result<QueryResult> result = query(sql);
  if (!result) {
    return result.error();
  }
  return PQntuples(result->get()) > 0 ? std::string(PQgetvalue(result->get(), 0, 0)) : "";
}

// Asked for again and again: a query that waits for the lock would hold a snapshot meanwhile, and a
// CREATE INDEX CONCURRENTLY of whoever has the lock waits for every snapshot: neither would end.
base::Result<void> Database::lock(const MigrationLimits& limits) {
  const auto deadline = std::chrono::steady_clock::now() + limits.lock;
  std::chrono::milliseconds pause = kLockPauseMin;
  for (;;) {
    const base::Result<std::string> got =
        one_value(std::string("SELECT pg_try_advisory_lock(") + kLockKey + ")");
    if (!got) {
      return got.error();
    }
    if (*got == "t") {
      break;
    }
    if (std::chrono::steady_clock::now() >= deadline) {
      return base::timed_out("another harness migrates this database, and has not ended within " +
                             base::format_duration(limits.lock));
    }
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, kLockPauseMax);
  }
  base::Result<void> made = make_table();
  return made ? made : std::move(made).error().within("cannot make the table drydock_migrations");
}

base::Result<void> Database::find_table() {
  const base::Result<std::string> schema = one_value("SELECT current_schema()");
  if (!schema) {
    return schema.error();
  }
  if (schema->empty()) {
    return base::invalid_input(
        "cannot make the table drydock_migrations: the user has no schema to put it into");
  }
  const std::unique_ptr<char, FreeMemory> quoted(
      PQescapeIdentifier(connection_.get(), schema->c_str(), schema->size()));
  table_ = std::string(quoted.get()) + ".drydock_migrations";
  const base::Result<QueryResult> columns = query(
      "SELECT count(*), count(*) FILTER (WHERE attname = 'dirty') FROM pg_attribute "
      "WHERE attrelid = to_regclass($1) AND attnum > 0",
      {table_});
  if (!columns) {
    return columns.error();
  }
  has_table_ = std::string_view(PQgetvalue(columns->get(), 0, 0)) != "0";
  has_dirty_ = std::string_view(PQgetvalue(columns->get(), 0, 1)) != "0";
  return {};
}

base::Result<void> Database::make_table() {
  // Whoever held the lock before may have made it meanwhile.
  if (base::Result<void> found = find_table(); !found) {
    return found;
  }
  base::Result<void> made;
  if (!has_table_) {
    made = command("CREATE TABLE " + table_ +
                   " (version bigint PRIMARY KEY, file text NOT NULL, sha256 text NOT NULL, "
                   "applied_at timestamptz NOT NULL DEFAULT now(), "
                   "dirty boolean NOT NULL DEFAULT false)");
  } else if (!has_dirty_) {
    made = command("ALTER TABLE " + table_ + " ADD COLUMN dirty boolean NOT NULL DEFAULT false");
  }
  has_table_ = has_dirty_ = made.has_value();
  return made;
}

base::Result<std::map<long, Recorded>> Database::recorded() {
  std::map<long, Recorded> found;
  if (!has_table_) {
    return found;
  }
  const base::Result<QueryResult> rows = query(
      "SELECT version, file, sha256, to_char(applied_at AT TIME ZONE 'UTC', "
      "'YYYY-MM-DD\"T\"HH24:MI:SS\"Z\"'), " +
      std::string(has_dirty_ ? "dirty" : "false") + " FROM " + table_);
  if (!rows) {
    return rows.error();
  }
  for (int row = 0; row < PQntuples(rows->get()); ++row) {
    const auto value = [&](int column) {
      return std::string(PQgetvalue(rows->get(), row, column));
    };
    const std::string text = value(0);
    long version = 0;
    std::from_chars(text.data(), text.data() + text.size(), version);
    found[version] = {value(1), value(2), value(3), value(4) == "t"};
  }
  return found;
}

base::Error Database::failure(const Migration& migration, const PGresult* result,
                              std::size_t succeeded_before, std::size_t sent_from) const {
  const std::vector<Statement> statements = split_statements(migration.sql);
  const std::string position = field_of(result, PG_DIAG_STATEMENT_POSITION);
  std::size_t offset = 0;
  const Statement* statement = nullptr;
  if (!position.empty()) {
    std::size_t character = 0;
    std::from_chars(position.data(), position.data() + position.size(), character);
    offset = sent_from + offset_of_character(migration.sql.substr(sent_from), character);
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

// What a statement like VACUUM or CREATE INDEX CONCURRENTLY needs: to be the only one of its query.
base::Result<void> Database::run_singly(const Migration& migration) {
  std::size_t done = 0;
  for (const Statement& statement : split_statements(migration.sql)) {
    const std::string sql = migration.sql.substr(statement.begin, statement.end - statement.begin);
    const QueryResult result(PQexec(connection_.get(), sql.c_str()));
    if (!succeeded(result.get())) {
      return failure(migration, result.get(), done, statement.begin);
    }
    ++done;
  }
  return {};
}

// Roles and settings of a migration are not to steer its record or the next one.
base::Result<void> Database::reset(const Migration& migration) {
  for (const char* reset : {"RESET SESSION AUTHORIZATION", "RESET ROLE", "RESET ALL"}) {
    if (base::Result<void> done = command(reset); !done) {
      return std::move(done).error().within(migration.path);
    }
  }
  return {};
}

base::Result<void> Database::record(const Migration& migration, bool dirty) {
  const base::Result<QueryResult> inserted =
      query("INSERT INTO " + table_ +
                " (version, file, sha256, dirty) VALUES ($1::bigint, $2, $3, $4::boolean)",
            {std::to_string(migration.version), migration.file, migration.sha256,
             dirty ? "true" : "false"});
  return inserted ? base::Result<void>() : base::Error(inserted.error()).within(migration.path);
}

base::Result<void> Database::apply_whole(const Migration& migration) {
  if (base::Result<void> done = run(migration); !done) {
    return done;
  }
  if (base::Result<void> done = command("SET CONSTRAINTS ALL IMMEDIATE"); !done) {
    return std::move(done).error().within(migration.path);
  }
  if (base::Result<void> done = reset(migration); !done) {
    return done;
  }
  return record(migration, false);
}

base::Result<void> Database::apply_singly(const Migration& migration) {
  if (base::Result<void> done = record(migration, true); !done) {
    return done;
  }
  if (base::Result<void> done = run_singly(migration); !done) {
    base::Error error = std::move(done).error();
    error.message += "\n  what came before it stays: " + way_out_of_dirty(migration.version);
    return error;
  }
  if (base::Result<void> done = reset(migration); !done) {
    return done;
  }
  const base::Result<QueryResult> ended = query(
      "UPDATE " + table_ + " SET dirty = false, applied_at = now() WHERE version = $1::bigint",
      {std::to_string(migration.version)});
  return ended ? base::Result<void>() : base::Error(ended.error()).within(migration.path);
}

base::Result<void> Database::apply(const Migration& migration) {
  if (!migration.transactional) {
    return apply_singly(migration);
  }
  if (base::Result<void> begun = command("BEGIN"); !begun) {
    return begun;
  }
  if (base::Result<void> done = apply_whole(migration); !done) {
    PQclear(PQexec(connection_.get(), "ROLLBACK"));
    return done;
  }
  base::Result<void> committed = command("COMMIT");
  return committed ? committed : std::move(committed).error().within(migration.path);
}

}  // namespace harness
