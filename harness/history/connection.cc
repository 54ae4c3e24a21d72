#include "harness/history/connection.h"

#include <libpq-fe.h>
#include <poll.h>

#include <algorithm>
#include <chrono>
#include <cstdint>

#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::size_t kReasonBytesMax = 300;

base::Error too_late(const std::string& what) {
  return base::timed_out(what + ": no answer in time");
}

// A table or a column that is asked for and is not there.
bool is_undefined(const pg_result* result) {
  const char* told = PQresultErrorField(result, PG_DIAG_SQLSTATE);
  const std::string_view state = told == nullptr ? "" : told;
  return state == "42P01" || state == "42703";
}

}  // namespace

void Rows::clear(pg_result* result) {
  PQclear(result);
}

int Rows::count() const {
  return PQntuples(result_.get());
}

std::string Rows::at(int row, int column) const {
  return PQgetvalue(result_.get(), row, column);
}

void HistoryConnection::finish(pg_conn* connection) {
  PQfinish(connection);
}

base::Result<HistoryConnection> HistoryConnection::open(const std::string& url,
                                                        const base::Clock& clock,
                                                        base::MonoTime deadline) {
  HistoryConnection connection(PQconnectStart(url.c_str()), clock, deadline);
  if (const base::Result<void> connected = connection.connect(); !connected) {
    return connected.error();
  }
  return connection;
}

base::Result<void> HistoryConnection::connect() {
  if (connection_ == nullptr || PQstatus(connection_.get()) == CONNECTION_BAD) {
    return trouble("cannot connect");
  }
  // That a schema is there already is no news.
  PQsetNoticeProcessor(
      connection_.get(), [](void*, const char*) {}, nullptr);
  for (PostgresPollingStatusType next = PGRES_POLLING_WRITING; next != PGRES_POLLING_OK;
       next = PQconnectPoll(connection_.get())) {
    if (next == PGRES_POLLING_FAILED) {
      return trouble("cannot connect");
    }
    if (!wait_for(next == PGRES_POLLING_READING ? POLLIN : POLLOUT)) {
      return too_late("cannot connect");
    }
  }
  // A statement that is as long as it is wide must not stop us while it is sent.
  if (PQsetnonblocking(connection_.get(), 1) != 0) {
    return trouble("cannot connect");
  }
  return {};
}

bool HistoryConnection::wait_for(short events) const {
  const auto left =
      std::chrono::duration_cast<std::chrono::milliseconds>(deadline_ - clock_->mono()).count();
  pollfd polled{PQsocket(connection_.get()), events, 0};
  return left > 0 && ::poll(&polled, 1, static_cast<int>(std::min<std::int64_t>(left, 60'000))) > 0;
}

base::Error HistoryConnection::trouble(const std::string& what) const {
  const std::string_view said = connection_ ? PQerrorMessage(connection_.get()) : "out of memory";
  return base::unavailable(what + ": " +
                           base::shortened(base::printable(base::trimmed(said)), kReasonBytesMax));
}

base::Result<Rows> HistoryConnection::run(const std::string& statement,
                                          const std::vector<std::string>& values) {
  const std::string what = "cannot " + statement.substr(0, statement.find_first_of(" \n;"));
  std::vector<const char*> texts;
  texts.reserve(values.size());
  for (const std::string& value : values) {
    texts.push_back(value.c_str());
  }
  if (PQsendQueryParams(connection_.get(), statement.c_str(), static_cast<int>(texts.size()),
                        nullptr, texts.data(), nullptr, nullptr, 0) != 1) {
    return trouble(what);
  }
  // While we write, the server may write too, and wait for us to read.
  for (int left = PQflush(connection_.get()); left != 0; left = PQflush(connection_.get())) {
    if (left < 0 || PQconsumeInput(connection_.get()) != 1) {
      return trouble(what);
    }
    if (!wait_for(POLLIN | POLLOUT)) {
      return too_late(what);
    }
  }
  while (PQisBusy(connection_.get()) == 1) {
    if (!wait_for(POLLIN)) {
      return too_late(what);
    }
    if (PQconsumeInput(connection_.get()) != 1) {
      return trouble(what);
    }
  }
  Rows rows(PQgetResult(connection_.get()));
  const ExecStatusType status = PQresultStatus(rows.get());
  while (pg_result* rest = PQgetResult(connection_.get())) {
    PQclear(rest);
  }
  if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK) {
    base::Error error = trouble(what);
    error.kind = is_undefined(rows.get()) ? base::ErrorKind::kNotFound : error.kind;
    return error;
  }
  return rows;
}

}  // namespace harness
