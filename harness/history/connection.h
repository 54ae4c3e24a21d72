// A PostgreSQL that may be slow, away or stuck: every word with it ends by one deadline. Private to
// the room.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"

struct pg_conn;
struct pg_result;

namespace harness {

// The answer to one statement. A value that is null is empty.
class Rows {
 public:
  explicit Rows(pg_result* result) : result_(result, &Rows::clear) {}

  [[nodiscard]] int count() const;
  [[nodiscard]] std::string at(int row, int column) const;

  [[nodiscard]] const pg_result* get() const { return result_.get(); }

 private:
  static void clear(pg_result* result);
  std::shared_ptr<pg_result> result_;
};

class HistoryConnection {
 public:
  // `clock` outlives it. Errors hold no password.
  static base::Result<HistoryConnection> open(const std::string& url, const base::Clock& clock,
                                              base::MonoTime deadline);

  // One statement; `values` are $1, $2 and so on. kNotFound where it asks for a table or a column
  // that is not there.
  base::Result<Rows> run(const std::string& statement, const std::vector<std::string>& values = {});

 private:
  HistoryConnection(pg_conn* connection, const base::Clock& clock, base::MonoTime deadline)
      : connection_(connection, &HistoryConnection::finish),
        clock_(&clock),
        deadline_(deadline) {}

  static void finish(pg_conn* connection);
  base::Result<void> connect();
  // False where the deadline came first. `events` are poll's.
  [[nodiscard]] bool wait_for(short events) const;
  [[nodiscard]] base::Error trouble(const std::string& what) const;

  std::shared_ptr<pg_conn> connection_;
  const base::Clock* clock_;
  base::MonoTime deadline_;
};

}  // namespace harness
