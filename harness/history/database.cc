#include "harness/history/database.h"

#include <set>

#include <nlohmann/json.hpp>

#include "harness/history/connection.h"
#include "harness/history/schema.h"

namespace harness {
namespace {

using nlohmann::json;

constexpr const char* kAddRun =
    "INSERT INTO drydock.runs (run, project, commit, started, duration_ms, verdict, exit_code,"
    " shard_index, shard_count, branch, attempts) VALUES ($1, $2, $3, $4::timestamptz,"
    " $5::double precision, $6, $7::int, $8::int, $9::int, $10, $11::bigint) RETURNING id";
constexpr const char* kAddTests =
    "INSERT INTO drydock.tests (project, name)"
    " SELECT $1, name FROM json_array_elements_text($2::json) AS name ON CONFLICT DO NOTHING";
constexpr const char* kAddAttempts =
    "INSERT INTO drydock.attempts SELECT $1::bigint, t.id, a.attempt, a.outcome, a.reason,"
    " a.duration_ms, a.cpu_ms, a.peak_memory_bytes FROM json_to_recordset($3::json) AS"
    " a(test text, attempt int, outcome text, reason text, duration_ms double precision,"
    " cpu_ms double precision, peak_memory_bytes bigint)"
    " JOIN drydock.tests t ON t.project = $2 AND t.name = a.test";

// $1 project, $2 red outcomes as an array, $3 a part of the id, $4 how many.
constexpr const char* kRead = R"(WITH results AS (
  SELECT a.test, a.run, r.started, r.commit, bool_or(a.outcome = ANY($2::text[])) AS once_red,
         (array_agg(a.outcome ORDER BY a.attempt DESC))[1] = ANY($2::text[]) AS red,
         (array_agg(a.duration_ms ORDER BY a.attempt DESC))[1] AS duration_ms
  FROM drydock.attempts a JOIN drydock.runs r ON r.id = a.run JOIN drydock.tests t ON t.id = a.test
  WHERE r.project = $1 AND a.outcome <> 'not_run' AND position($3 IN t.name) > 0
  GROUP BY a.test, a.run, r.started, r.commit
), good AS (
  SELECT DISTINCT ON (test) test, started, run, commit FROM results WHERE NOT red
  ORDER BY test, started DESC, run DESC
), bad AS (
  SELECT DISTINCT ON (x.test) x.test, x.started, x.commit, coalesce(g.commit, '') AS last_good
  FROM results x LEFT JOIN good g ON g.test = x.test
  WHERE x.red AND (g.test IS NULL OR (x.started, x.run) > (g.started, g.run))
  ORDER BY x.test, x.started, x.run
)
SELECT t.name, count(*), count(*) FILTER (WHERE x.red),
       count(*) FILTER (WHERE x.once_red AND NOT x.red),
       percentile_cont(0.5) WITHIN GROUP (ORDER BY x.duration_ms),
       percentile_cont(0.95) WITHIN GROUP (ORDER BY x.duration_ms), coalesce(b.commit, ''),
       coalesce(to_char(b.started AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), ''),
       coalesce(b.last_good, '')
FROM results x JOIN drydock.tests t ON t.id = x.test LEFT JOIN bad b ON b.test = x.test
GROUP BY t.name, b.commit, b.started, b.last_good
ORDER BY count(*) FILTER (WHERE x.once_red)::float / count(*) DESC, t.name LIMIT $4::int)";

std::string dumped(const json& value) {
  return value.dump(-1, ' ', false, json::error_handler_t::replace);
}

struct Written {
  json names = json::array();
  json attempts = json::array();
};

Written rows_of(const RunResults& results) {
  Written rows;
  for (const TestResult& result : results.tests) {
    const std::string name = history_text(result.test.id());
    std::set<int> numbers;
    for (const AttemptFinished& attempt : result.attempts) {
      if (!numbers.insert(attempt.attempt).second) {
        continue;
      }
      rows.attempts.push_back({{"test", name},
                               {"attempt", attempt.attempt},
                               {"outcome", name_of(attempt.outcome)},
                               {"reason", history_text(attempt.reason)},
                               {"duration_ms", attempt.duration_ms},
                               {"cpu_ms", attempt.cpu_ms},
                               {"peak_memory_bytes", attempt.peak_memory_bytes}});
    }
    if (!result.attempts.empty()) {
      rows.names.push_back(name);
    }
  }
  return rows;
}

}  // namespace

base::Result<std::size_t> write_history(const std::string& url, const RunResults& results,
                                        const Verdict& verdict, const Revision& revision,
                                        const base::Clock& clock, base::MonoTime deadline) {
  base::Result<HistoryConnection> connection = HistoryConnection::open(url, clock, deadline);
  if (!connection) {
    return std::move(connection).error();
  }
  if (base::Result<void> begun = begin_history(*connection); !begun) {
    return std::move(begun).error();
  }
  const RunStarted& start = results.start;
  const std::string project = history_text(start.name);
  const Written rows = rows_of(results);
  const base::Result<Rows> run = connection->run(
      kAddRun, {start.run, project, history_text(revision.commit), results.started_at,
                std::to_string(results.duration_ms), verdict.word,
                std::to_string(code_of(verdict.exit_code)), std::to_string(start.shard_index),
                std::to_string(start.shard_count), history_text(revision.branch),
                std::to_string(rows.attempts.size())});
  if (!run) {
    return run.error();
  }
  if (const base::Result<Rows> added = connection->run(kAddTests, {project, dumped(rows.names)});
      !added) {
    return added.error();
  }
  if (const base::Result<Rows> added =
          connection->run(kAddAttempts, {run->at(0, 0), project, dumped(rows.attempts)});
      !added) {
    return added.error();
  }
  if (const base::Result<Rows> done = connection->run("COMMIT"); !done) {
    return done.error();
  }
  return rows.attempts.size();
}

std::string tell_history(const std::string& url, const RunResults& results,
                         const Revision& revision, const base::Clock& clock) {
  if (!results.interruptions.empty()) {
    return "not kept: the run was ended";
  }
  const base::Result<std::size_t> written =
      write_history(url, results, decide(results), revision, clock, clock.mono() + kHistoryTimeMax);
  return written ? std::to_string(*written) + " attempts kept"
                 : "not kept: " + written.error().message;
}

base::Result<std::vector<TestHistory>> read_history(const std::string& url,
                                                    const std::string& project,
                                                    const std::string& part,
                                                    const base::Clock& clock,
                                                    base::MonoTime deadline) {
  base::Result<HistoryConnection> connection = HistoryConnection::open(url, clock, deadline);
  if (!connection) {
    return std::move(connection).error();
  }
  const base::Result<Rows> rows =
      connection->run(kRead, {project, red_outcomes(), part, std::to_string(kHistoryTestsMax)});
  if (!rows) {
    return rows.error();
  }
  std::vector<TestHistory> tests;
  for (int i = 0; i < rows->count(); ++i) {
    TestHistory test;
    test.test = rows->at(i, 0);
    test.runs = static_cast<std::int64_t>(number_of(rows->at(i, 1)));
    test.red = static_cast<std::int64_t>(number_of(rows->at(i, 2)));
    test.flaky = static_cast<std::int64_t>(number_of(rows->at(i, 3)));
    test.p50_ms = number_of(rows->at(i, 4));
    test.p95_ms = number_of(rows->at(i, 5));
    test.first_bad_commit = rows->at(i, 6);
    test.first_bad_at = rows->at(i, 7);
    test.last_good_commit = rows->at(i, 8);
    tests.push_back(std::move(test));
  }
  return tests;
}

}  // namespace harness
