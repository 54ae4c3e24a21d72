// Databases of PostgreSQL: one template, filled once, and a copy of it for each worker.
//
// One connection stays open as long as the run does, named after it: by that a run that lives is
// told from one that was killed, whose databases the next run drops.
#include <libpq-fe.h>

#include <algorithm>
#include <memory>
#include <string_view>
#include <utility>

#include "common/base/text.h"
#include "harness/config/url.h"
#include "harness/isolation/siblings.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using Clock = std::chrono::steady_clock;

constexpr const char* kConnectSeconds = "10";
constexpr milliseconds kStatementTimeout{120'000};  // a copy of a big database takes a while
constexpr int kDropForceVersion = 130'000;          // DROP DATABASE ... WITH (FORCE)
constexpr std::string_view kNoRight = "42501";
constexpr std::string_view kInUse = "55006";

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};

using QueryResult = std::unique_ptr<PGresult, Clear>;

class Databases final : public Isolated {
 public:
  static base::Result<std::unique_ptr<Isolated>> make(const IsolationRequest& request);
  ~Databases() override = default;
  std::string remove(milliseconds budget) override;

 private:
  struct Answer {
    QueryResult result;
    std::string state;    // the SQLSTATE; empty where it succeeded
    std::string message;  // of the server
  };

  explicit Databases(const IsolationRequest& request) : request_(request) {}

  base::Result<void> connect();
  Answer ask(const std::string& sql);
  base::Result<void> drop_leftovers();
  base::Result<void> make_template();
  base::Result<void> make_copies();
  base::Result<void> create(const std::string& name, const std::string& from);
  [[nodiscard]] std::string users_of_own_database();
  std::string drop(const std::string& name, bool force);

  [[nodiscard]] std::string name_of(const std::string& part) const {
    return "drydock_" + request_.run + "_" + part;
  }

  IsolationRequest request_;
  std::unique_ptr<PGconn, Finish> connection_;
  std::vector<std::string> made_;  // the template first
};

base::Result<void> Databases::connect() {
  const std::string name = "drydock run " + request_.run;
  const char* const keywords[] = {"dbname", "application_name", "connect_timeout", nullptr};
  const char* const values[] = {request_.url.c_str(), name.c_str(), kConnectSeconds, nullptr};
  connection_.reset(PQconnectdbParams(keywords, values, 1));
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    const std::string text(PQerrorMessage(connection_.get()));
    return base::unavailable("no connection: " + base::printable(text.substr(0, text.find('\n'))));
  }
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  ask("SET application_name = '" + name + "'");  // the URL may have had another
  ask("SET statement_timeout = " + std::to_string(kStatementTimeout.count()));
  return {};
}

Databases::Answer Databases::ask(const std::string& sql) {
  Answer answer;
  answer.result.reset(PQexec(connection_.get(), sql.c_str()));
  const ExecStatusType status = PQresultStatus(answer.result.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) {
    return answer;
  }
  const char* state = PQresultErrorField(answer.result.get(), PG_DIAG_SQLSTATE);
  const char* message = PQresultErrorField(answer.result.get(), PG_DIAG_MESSAGE_PRIMARY);
  answer.state = state == nullptr ? "08006" : state;
  answer.message =
      base::printable(message == nullptr ? PQerrorMessage(connection_.get()) : message);
  return answer;
}

// Those of runs that have no connection any more, as far as they are ours to drop. One that is in
// use is left and told.
base::Result<void> Databases::drop_leftovers() {
  const Answer found = ask(
      "SELECT datname FROM pg_database d WHERE datname ~ '^drydock_r[0-9a-f]+_(template|[0-9]+)$' "
      "AND pg_has_role(d.datdba, 'USAGE') AND NOT EXISTS (SELECT FROM pg_stat_activity a WHERE "
      "a.application_name = 'drydock run ' || split_part(d.datname, '_', 2)) ORDER BY datname");
  if (!found.state.empty()) {
    return base::unavailable("cannot look for databases of former runs: " + found.message);
  }
  for (int row = 0; row < PQntuples(found.result.get()); ++row) {
    const std::string name = PQgetvalue(found.result.get(), row, 0);
    const std::string trouble = drop(name, false);
    leftovers_.push_back(trouble.empty() ? "dropped " + name + ", left by a run that was killed"
                                         : trouble);
  }
  return {};
}

// Empty where it is gone.
std::string Databases::drop(const std::string& name, bool force) {
  const bool can_force = PQserverVersion(connection_.get()) >= kDropForceVersion;
  const Answer dropped =
      ask("DROP DATABASE IF EXISTS \"" + name + "\"" + (force && can_force ? " WITH (FORCE)" : ""));
  return dropped.state.empty() ? "" : "left " + name + ": " + dropped.message;
}

// "deck_agent (pid 4711), psql (pid 4712)"
std::string Databases::users_of_own_database() {
  const Answer found = ask(
      "SELECT coalesce(nullif(application_name, ''), 'a client without a name') || ' (pid ' || pid "
      "|| ')' FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() "
      "ORDER BY pid LIMIT 5");
  std::vector<std::string> users;
  for (int row = 0; found.state.empty() && row < PQntuples(found.result.get()); ++row) {
    users.push_back(base::printable(PQgetvalue(found.result.get(), row, 0)));
  }
  return base::join(users, ", ");
}

base::Result<void> Databases::create(const std::string& name, const std::string& from) {
  made_.push_back(name);
  const Answer created =
      ask("CREATE DATABASE \"" + name + "\"" + (from.empty() ? "" : " TEMPLATE \"" + from + "\""));
  if (created.state.empty()) {
    return {};
  }
  made_.pop_back();
  if (created.state == kNoRight) {
    const std::string user(PQuser(connection_.get()));
    return base::permission_denied(
        "a database for each worker (isolation: database) needs a role "
        "that may create databases: " +
        created.message + "; remedy: ALTER ROLE \"" + base::printable(user) + "\" CREATEDB");
  }
  if (created.state == kInUse) {
    return base::invalid_input(created.message + ": " + users_of_own_database() +
                               "; without `migrations` the workers' databases are copies of it, "
                               "and nobody may be connected while they are made");
  }
  return base::invalid_input("cannot create database " + name + ": " + created.message + " (" +
                             created.state + ")");
}

// Nobody can connect to it afterwards: it stays as it was made, and can always be copied.
base::Result<void> Databases::make_template() {
  const std::string name = name_of("template");
  const std::string own(PQdb(connection_.get()));
  const std::string from = request_.migrate ? "" : own;
  if (base::Result<void> created = create(name, from); !created) {
    return created;
  }
  if (request_.migrate) {
    if (base::Result<void> filled = request_.migrate(with_database(request_.url, name)); !filled) {
      return std::move(filled).error().within("the template of the workers' databases, " + name);
    }
  }
  const Answer closed = ask("ALTER DATABASE \"" + name + "\" WITH ALLOW_CONNECTIONS false");
  return closed.state.empty() ? base::Result<void>()
                              : base::invalid_input("cannot close " + name + ": " + closed.message);
}

base::Result<void> Databases::make_copies() {
  for (int worker = 0; worker < request_.workers; ++worker) {
    const std::string name = name_of(std::to_string(worker));
    if (base::Result<void> created = create(name, name_of("template")); !created) {
      return created;
    }
    places_.push_back({with_database(request_.url, name), ""});
  }
  return {};
}

std::string Databases::remove(milliseconds budget) {
  std::string left;
  const Clock::time_point deadline = Clock::now() + budget;
  if (PQstatus(connection_.get()) != CONNECTION_OK) {
    if (const base::Result<void> again = connect(); !again) {
      return "left " + base::join(made_, ", ") + ": " + again.error().message;
    }
  }
  for (auto name = made_.rbegin(); name != made_.rend(); ++name) {
    const auto time = std::chrono::duration_cast<milliseconds>(deadline - Clock::now());
    if (time.count() <= 0) {
      left += (left.empty() ? "" : "; ") + ("left " + *name + ": no time; the next run drops it");
      continue;
    }
    ask("SET statement_timeout = " + std::to_string(time.count()));
    if (const std::string trouble = drop(*name, true); !trouble.empty()) {
      left += (left.empty() ? "" : "; ") + trouble;
    }
  }
  made_.clear();
  return left;
}

base::Result<std::unique_ptr<Isolated>> Databases::make(const IsolationRequest& request) {
  std::unique_ptr<Databases> databases(new Databases(request));
  if (base::Result<void> connected = databases->connect(); !connected) {
    return connected.error();
  }
  std::vector<base::Result<void> (Databases::*)()> steps{&Databases::make_template,
                                                         &Databases::make_copies};
  if (!request.is_private) {
    steps.insert(steps.begin(), &Databases::drop_leftovers);
  }
  for (const auto step : steps) {
    if (base::Result<void> done = (databases.get()->*step)(); !done) {
      databases->remove(kStatementTimeout);
      return done.error();
    }
  }
  return std::unique_ptr<Isolated>(std::move(databases));
}

}  // namespace

base::Result<std::unique_ptr<Isolated>> isolate_postgres(const IsolationRequest& request) {
  return Databases::make(request);
}

}  // namespace harness
