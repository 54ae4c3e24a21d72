#include "harness/history/schema.h"

#include <array>
#include <charconv>
#include <span>
#include <vector>

#include "common/base/text.h"
#include "harness/run/event.h"

namespace harness {
namespace {

constexpr std::string_view kVersion = "2";
// Before runs had a branch.
constexpr std::string_view kFormerVersion = "1";

// Under a lock of the transaction, which orders runs that end at the same time: CREATE IF NOT
// EXISTS alone fails where two make the same thing.
constexpr std::array<const char*, 10> kSchema{
    "SELECT pg_advisory_xact_lock(4928402167341812)", "CREATE SCHEMA IF NOT EXISTS drydock",
    "CREATE TABLE IF NOT EXISTS drydock.version (version int NOT NULL)",
    "INSERT INTO drydock.version SELECT 2 WHERE NOT EXISTS (SELECT FROM drydock.version)",
    "CREATE TABLE IF NOT EXISTS drydock.runs ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, run text NOT NULL, project text NOT NULL,"
    " commit text NOT NULL, started timestamptz NOT NULL, duration_ms double precision NOT NULL,"
    " verdict text NOT NULL, exit_code int NOT NULL, shard_index int NOT NULL,"
    " shard_count int NOT NULL, branch text NOT NULL, attempts bigint NOT NULL)",
    "CREATE INDEX IF NOT EXISTS runs_of_project ON drydock.runs (project, started)",
    "CREATE TABLE IF NOT EXISTS drydock.tests ("
    " id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, project text NOT NULL,"
    " name text NOT NULL, UNIQUE (project, name))",
    "CREATE TABLE IF NOT EXISTS drydock.attempts ("
    " run bigint NOT NULL REFERENCES drydock.runs ON DELETE CASCADE,"
    " test bigint NOT NULL REFERENCES drydock.tests, attempt int NOT NULL, outcome text NOT NULL,"
    " reason text NOT NULL, duration_ms double precision NOT NULL,"
    " cpu_ms double precision NOT NULL, peak_memory_bytes bigint NOT NULL,"
    " PRIMARY KEY (run, test, attempt))",
    "CREATE INDEX IF NOT EXISTS attempts_of_test ON drydock.attempts (test, run)",
    // Up to which run the shards of a sharded run may know the history.
    "CREATE TABLE IF NOT EXISTS drydock.divisions (project text NOT NULL, name text NOT NULL,"
    " last_run bigint NOT NULL, PRIMARY KEY (project, name))"};

constexpr std::array<const char*, 3> kUpgrade{
    "ALTER TABLE drydock.runs ADD COLUMN branch text NOT NULL DEFAULT '',"
    " ADD COLUMN attempts bigint NOT NULL DEFAULT 0",
    "UPDATE drydock.runs SET attempts ="
    " (SELECT count(*) FROM drydock.attempts WHERE attempts.run = runs.id)",
    "UPDATE drydock.version SET version = 2"};

base::Result<void> run_all(HistoryConnection& connection, std::span<const char* const> statements) {
  for (const char* statement : statements) {
    if (const base::Result<Rows> done = connection.run(statement); !done) {
      return done.error();
    }
  }
  return {};
}

}  // namespace

base::Result<void> begin_history(HistoryConnection& connection) {
  if (const base::Result<Rows> begun = connection.run("BEGIN"); !begun) {
    return begun.error();
  }
  if (base::Result<void> made = run_all(connection, kSchema); !made) {
    return made;
  }
  const base::Result<Rows> version = connection.run("SELECT max(version) FROM drydock.version");
  if (!version) {
    return version.error();
  }
  if (version->at(0, 0) == kFormerVersion) {
    return run_all(connection, kUpgrade);
  }
  if (version->at(0, 0) != kVersion) {
    return base::invalid_input("its schema drydock is of version " + version->at(0, 0) +
                               ", this harness writes " + std::string(kVersion));
  }
  return {};
}

std::string history_text(std::string_view text) {
  return base::shortened(base::printable(text), kHistoryTextMax);
}

std::string red_outcomes() {
  std::vector<std::string> names;
  for (const Outcome outcome : kOutcomes) {
    if (is_red(outcome)) {
      names.emplace_back(name_of(outcome));
    }
  }
  return "{" + base::join(names, ",") + "}";
}

double number_of(const std::string& text) {
  double value = 0;
  std::from_chars(text.data(), text.data() + text.size(), value);
  return value;
}

}  // namespace harness
