// neighbours: the application's database and its cache, for a test that looks behind its back.
//
// May include: tests/integration/agent_test/deck.h.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <pqxx/pqxx>

struct redisContext;

namespace agent_test {

// The one row of a query with one parameter. libpqxx throws where there is none or no database:
// GoogleTest makes a failure of the test of it.
pqxx::row query_row(const std::string& sql, const std::string& parameter);

class Cache {
 public:
  Cache();
  void set(const std::string& key, const std::string& value, int seconds);
  void remove(const std::string& key);

 private:
  void command(const std::vector<std::string>& words);
  std::unique_ptr<redisContext, void (*)(redisContext*)> context_;
};

}  // namespace agent_test
