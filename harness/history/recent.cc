#include "harness/history/recent.h"

#include <limits>
#include <utility>

#include "harness/history/connection.h"
#include "harness/history/durations.h"
#include "harness/history/schema.h"

namespace harness {
namespace {

// $1 project, $2 branch, $3 the last run that counts, $4 how many runs, $5 how many attempts, $6
// red outcomes as an array.
constexpr const char* kRead = R"(WITH recent AS (
  SELECT id, started, branch = $2 AS own, attempts FROM drydock.runs
  WHERE project = $1 AND id <= $3::bigint ORDER BY started DESC, id DESC LIMIT $4::int
), counted AS (
  SELECT id, row_number() OVER newest AS age, sum(attempts) OVER newest - attempts AS newer
  FROM recent WINDOW newest AS (ORDER BY own DESC, started DESC, id DESC)
), results AS (
  SELECT a.test, r.age, bool_or(a.outcome = ANY($6::text[])) AS red,
         (array_agg(a.duration_ms ORDER BY a.attempt DESC))[1] AS duration_ms
  FROM counted r JOIN drydock.attempts a ON a.run = r.id
  WHERE r.newer < $5::bigint AND a.outcome <> 'not_run'
  GROUP BY a.test, r.age
), told AS (
  SELECT test, (array_agg(red ORDER BY age))[1] AS red,
         percentile_disc(0.5) WITHIN GROUP (ORDER BY duration_ms) AS duration_ms
  FROM results GROUP BY test
)
SELECT t.name, x.red, x.duration_ms FROM told x JOIN drydock.tests t ON t.id = x.test)";

// $1 project, $2 the name of the sharded run.
constexpr const char* kDivide = R"(INSERT INTO drydock.divisions
SELECT $1, $2, coalesce(max(id), 0) FROM drydock.runs
ON CONFLICT (project, name) DO UPDATE SET last_run = divisions.last_run RETURNING last_run)";

// The last run that every shard may know.
base::Result<std::string> last_run_of(const RecentQuestion& question,
                                      HistoryConnection& connection) {
  if (const base::Result<void> begun = begin_history(connection); !begun) {
    return begun.error();
  }
  const base::Result<Rows> set =
      connection.run(kDivide, {history_text(question.project), history_text(question.shards_of)});
  if (!set) {
    return set.error();
  }
  if (const base::Result<Rows> done = connection.run("COMMIT"); !done) {
    return done.error();
  }
  return set->at(0, 0);
}

}  // namespace

base::Result<PastTests> read_recent(const RecentQuestion& question, const base::Clock& clock,
                                    base::MonoTime deadline) {
  base::Result<HistoryConnection> connection =
      HistoryConnection::open(question.url, clock, deadline);
  if (!connection) {
    return std::move(connection).error();
  }
  base::Result<std::string> last = question.shards_of.empty()
                                       ? std::to_string(std::numeric_limits<std::int64_t>::max())
                                       : last_run_of(question, *connection);
  if (!last) {
    return std::move(last).error();
  }
  const base::Result<Rows> rows = connection->run(
      kRead, {history_text(question.project), history_text(question.branch), *last,
              std::to_string(kRecentRunsMax), std::to_string(kRecentAttemptsMax), red_outcomes()});
  if (!rows && rows.error().kind == base::ErrorKind::kNotFound) {
    return PastTests();  // The first run that is kept makes the tables as they are asked for here.
  }
  if (!rows) {
    return rows.error();
  }
  PastTests tests;
  for (int i = 0; i < rows->count(); ++i) {
    tests[rows->at(i, 0)] = {duration_of(number_of(rows->at(i, 2))), rows->at(i, 1) == "t"};
  }
  return tests;
}

}  // namespace harness
