// A real PostgreSQL, one for all tests of a suite, with a database for each, and runs to keep
// there.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>

#include <pqxx/pqxx>

#include "harness/history/database.h"
#include "harness/service/services.h"
#include "tests/unit/harness/review/runs.h"

namespace harness {

class HistoryServerTest : public ReviewTest {
 protected:
  // What lives as long as the suite.
  struct Server {
    base::SystemClock clock;
    base::Result<base::TemporaryDirectory> logs = base::TemporaryDirectory::make("history-test-");
    base::Environment environment;
    Config config = *parse_config(
        "h.yaml",
        "drydock: harness/v1\nservices: {db: {kind: postgres, local: {database: postgres}}}\n");
    std::unique_ptr<Services> services;
  };

  static void SetUpTestSuite() {
    server_ = std::make_unique<Server>();
    server_->environment.set("PATH", "/usr/local/bin:/usr/bin:/bin");
    server_->services = std::make_unique<Services>(
        server_->config, server_->environment, server_->clock,
        Services::Options{.log_directory = server_->logs->path().string()});
    const auto failed = server_->services->up({});
    ASSERT_FALSE(failed.has_value()) << failed->reason << failed->log;
  }

  static void TearDownTestSuite() { server_.reset(); }

  void SetUp() override {
    const std::string url = server_->services->find("db")->url;
    const std::string name = "test_" + std::to_string(++databases_);
    pqxx::connection connection(url);
    pqxx::nontransaction(connection).exec("CREATE DATABASE " + name);
    url_ = url.substr(0, url.rfind('/') + 1) + name;
  }

  // A run that began `minute` minutes after ten.
  static RunResults run_of(const Story& story, int minute) {
    RunResults results = collect(story.records());
    results.finished = true;
    results.start.name = "project";
    results.started_at = "2026-11-22T10:0" + std::to_string(minute) + ":00.000Z";
    return results;
  }

  std::string keep(const Story& story, int minute, const std::string& commit,
                   const std::string& branch = "main") {
    return tell_history(url_, run_of(story, minute), {commit, branch}, server_->clock);
  }

  // The answer's first column, by lines.
  std::string sql(const std::string& statement) {
    pqxx::connection connection(url_);
    std::string out;
    for (const pqxx::row& row : pqxx::nontransaction(connection).exec(statement)) {
      out += (out.empty() ? "" : "\n") + (row.empty() ? std::string() : row[0].as<std::string>(""));
    }
    return out;
  }

  static inline std::unique_ptr<Server> server_;
  static inline int databases_ = 0;
  std::string url_;
};

inline Story run_with(Outcome outcome, double duration_ms = 1) {
  Story story;
  return story.lists({"a"}).ends("a", outcome, duration_ms);
}

}  // namespace harness
