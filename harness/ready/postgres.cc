// libpq itself and not libpqxx: only libpq connects without blocking, and only with its verbose
// errors is the SQLSTATE of a refused login known. Texts of errors change with the server's
// language; codes do not.
#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/text.h"
#include "harness/config/url.h"
#include "harness/ready/probe.h"

namespace harness {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kReasonBytesMax = 300;

struct Finish {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};

struct Clear {
  void operator()(PGresult* result) const { PQclear(result); }
};

struct FreeOptions {
  void operator()(PQconninfoOption* options) const { PQconninfoFree(options); }
};

using Connection = std::unique_ptr<PGconn, Finish>;
using QueryResult = std::unique_ptr<PGresult, Clear>;

// SQLSTATEs for which waiting does not help, as whole codes or as classes of two letters.
constexpr std::array<std::string_view, 4> kNeverStates{"28", "3D", "42501", "08P01"};

// libpq's own words where no server was reached that speaks PostgreSQL and lets us in.
constexpr std::array<std::string_view, 6> kNeverTexts{
    "no password supplied", "but received",          "server does not support SSL",
    "certificate",          "authentication method", "invalid response to SSL negotiation"};

bool is_never(std::string_view state) {
  return std::any_of(kNeverStates.begin(), kNeverStates.end(),
                     [&](std::string_view prefix) { return state.starts_with(prefix); });
}

bool is_sqlstate(std::string_view text) {
  return text.size() == 5 && std::all_of(text.begin(), text.end(), [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// "connection to server at ... failed: FATAL:  28P01: password authentication failed" has a state;
// what libpq says by itself has none.
struct Told {
  std::string state;
  std::string text;
};

Told told_by(std::string_view message) {
  message = message.substr(0, message.find('\n'));
  constexpr std::string_view kSeverity = "FATAL:  ";
  const std::size_t fatal = message.rfind(kSeverity);
  if (fatal == std::string_view::npos) {
    const std::size_t failed = message.find("failed: ");
    return {"",
            std::string(failed == std::string_view::npos ? message : message.substr(failed + 8))};
  }
  const std::string_view rest = message.substr(fatal + kSeverity.size());
  if (rest.size() > 7 && is_sqlstate(rest.substr(0, 5)) && rest.substr(5, 2) == ": ") {
    return {std::string(rest.substr(0, 5)), std::string(rest.substr(7))};
  }
  return {"", std::string(rest)};
}

ProbeResult refused(std::string_view message, std::string_view password) {
  Told told = told_by(message);
  const bool never =
      is_never(told.state) ||
      std::any_of(kNeverTexts.begin(), kNeverTexts.end(),
                  [&](std::string_view text) { return told.text.find(text) != std::string::npos; });
  std::size_t at = 0;
  while (!password.empty() && (at = told.text.find(password, at)) != std::string::npos) {
    told.text.replace(at, password.size(), "***");
    at += 3;
  }
  return {never ? Readiness::kNever : Readiness::kNotYet,
          base::shortened(base::printable(told.text), kReasonBytesMax) +
              (told.state.empty() ? "" : " (" + told.state + ")")};
}

// False where the deadline came first.
bool wait_for(const PGconn* connection, short events, Clock::time_point deadline) {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
  pollfd polled{PQsocket(connection), events, 0};
  return left > 0 && ::poll(&polled, 1, static_cast<int>(left)) > 0;
}

ProbeResult too_late(std::string_view what, std::chrono::milliseconds timeout) {
  return {Readiness::kNotYet,
          "no " + std::string(what) + " within " + std::to_string(timeout.count()) + " ms"};
}

enum class Step { kDone, kFailed, kTooLate };

Step connect(PGconn* connection, Clock::time_point deadline) {
  for (PostgresPollingStatusType state = PGRES_POLLING_WRITING; state != PGRES_POLLING_OK;
       state = PQconnectPoll(connection)) {
    if (state == PGRES_POLLING_FAILED || PQsocket(connection) < 0) {
      return Step::kFailed;
    }
    if (!wait_for(connection, state == PGRES_POLLING_READING ? POLLIN : POLLOUT, deadline)) {
      return Step::kTooLate;
    }
  }
  return Step::kDone;
}

// Until libpq holds the next result, or knows that there is none.
Step settle(PGconn* connection, Clock::time_point deadline) {
  while (PQisBusy(connection) != 0) {
    if (!wait_for(connection, POLLIN, deadline)) {
      return Step::kTooLate;
    }
    if (PQconsumeInput(connection) == 0) {
      return Step::kFailed;
    }
  }
  return Step::kDone;
}

Step answer(PGconn* connection, const std::string& sql, Clock::time_point deadline) {
  return PQsendQuery(connection, sql.c_str()) == 0 ? Step::kFailed : settle(connection, deadline);
}

// libpq takes no further question before it was asked for the end of the last one's results.
Step end_answer(PGconn* connection, Clock::time_point deadline) {
  const Step settled = settle(connection, deadline);
  if (settled == Step::kDone) {
    const QueryResult end(PQgetResult(connection));
  }
  return settled;
}

// What is wanted beside an answer, one question and its judgement each.
struct Question {
  std::string sql;
  ProbeResult (*judge)(const std::string& value, long wanted);
  long wanted = 0;
};

ProbeResult alive(const std::string& /*value*/, long /*wanted*/) {
  return {Readiness::kReady, "SELECT 1 answered"};
}

// A standby may be promoted, and a primary may be made one.
ProbeResult judge_role(const std::string& value, long wanted) {
  const bool primary_wanted = wanted == static_cast<long>(ServerRole::kPrimary);
  const bool standby = value.starts_with("t");
  if (standby == primary_wanted) {
    return {Readiness::kNotYet, standby ? "is a standby in recovery, a primary is wanted"
                                        : "is a primary, a replica is wanted"};
  }
  if (primary_wanted && value.ends_with("on")) {
    return {Readiness::kNotYet, "is read-only, a primary is wanted"};
  }
  return {Readiness::kReady,
          standby ? "SELECT 1 answered, by a replica" : "SELECT 1 answered, by a primary"};
}

ProbeResult judge_migration(const std::string& value, long wanted) {
  if (value == "dirty") {
    return {Readiness::kNever, "a migration was left half done, see `harness migrate status`"};
  }
  return value == "there"
             ? ProbeResult{Readiness::kReady,
                           "SELECT 1 answered, migration " + std::to_string(wanted) + " is there"}
             : ProbeResult{Readiness::kNotYet,
                           "migration " + std::to_string(wanted) + " is not there yet"};
}

std::vector<Question> questions(ServerRole role, long migration) {
  std::vector<Question> asked{{"SELECT 1", &alive}};
  if (role != ServerRole::kAny) {
    asked.push_back(
        {"SELECT pg_is_in_recovery()::text || ' ' || current_setting('transaction_read_only')",
         &judge_role, static_cast<long>(role)});
  }
  if (migration > 0) {
    const std::string table = "drydock_migrations";
    asked.push_back({"SELECT to_regclass('" + table + "') IS NOT NULL", nullptr, migration});
    asked.push_back(
        {"SELECT CASE WHEN bool_or(to_jsonb(m) ->> 'dirty' = 'true') THEN 'dirty' "
         "WHEN bool_or(version = " +
             std::to_string(migration) + ") THEN 'there' ELSE 'absent' END FROM " + table + " m",
         &judge_migration, migration});
  }
  return asked;
}

struct Answered {
  std::optional<ProbeResult> failure;
  std::string value;
};

Answered value_of(PGconn* connection, const std::string& password) {
  const QueryResult result(PQgetResult(connection));
  if (PQresultStatus(result.get()) == PGRES_TUPLES_OK) {
    return {std::nullopt,
            PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : std::string()};
  }
  const char* state = PQresultErrorField(result.get(), PG_DIAG_SQLSTATE);
  const char* text = PQresultErrorField(result.get(), PG_DIAG_MESSAGE_PRIMARY);
  if (state == nullptr || text == nullptr) {
    return {refused(PQerrorMessage(connection), password), ""};
  }
  return {refused("FATAL:  " + std::string(state) + ": " + text, password), ""};
}

ProbeResult ask_all(PGconn* connection, const std::vector<Question>& asked,
                    const std::string& password, Clock::time_point deadline,
                    std::chrono::milliseconds timeout) {
  ProbeResult last;
  for (const Question& question : asked) {
    switch (answer(connection, question.sql, deadline)) {
      case Step::kDone:
        break;
      case Step::kFailed:
        return refused(PQerrorMessage(connection), password);
      case Step::kTooLate:
        return too_late("answer to SELECT 1", timeout);
    }
    const Answered answered = value_of(connection, password);
    if (answered.failure) {
      return *answered.failure;
    }
    if (end_answer(connection, deadline) != Step::kDone) {
      return too_late("end of the answer to SELECT 1", timeout);
    }
    if (question.judge == nullptr) {  // whether there is a table to ask
      if (answered.value != "t") {
        return judge_migration("absent", question.wanted);
      }
      continue;
    }
    last = question.judge(answered.value, question.wanted);
    if (last.readiness != Readiness::kReady) {
      return last;
    }
  }
  return last;
}

}  // namespace

ProbeResult probe_postgres(const std::string& url, ServerRole role, long migration,
                           std::chrono::milliseconds timeout) {
  // What is wrong with the text is not told: libpq would quote it, and a password may stand
  // anywhere in it.
  const std::unique_ptr<PQconninfoOption, FreeOptions> options(
      PQconninfoParse(url.c_str(), nullptr));
  if (url.empty() || options == nullptr) {
    return {Readiness::kNever, "its URL is not one of PostgreSQL"};
  }
  std::string password;
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option) {
    if (std::string_view(option->keyword) == "password" && option->val != nullptr) {
      password = option->val;
    }
  }
  const Clock::time_point deadline = Clock::now() + timeout;
  const Connection connection(PQconnectStart(url.c_str()));
  if (connection == nullptr) {
    return {Readiness::kNotYet, "out of memory"};
  }
  PQsetErrorVerbosity(connection.get(), PQERRORS_VERBOSE);
  switch (connect(connection.get(), deadline)) {
    case Step::kDone:
      break;
    case Step::kFailed:
      return refused(PQerrorMessage(connection.get()), password);
    case Step::kTooLate:
      return too_late("login", timeout);
  }
  return ask_all(connection.get(), questions(role, migration), password, deadline, timeout);
}

}  // namespace harness
