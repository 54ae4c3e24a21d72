// plan: from the list of tests to the processes that will run them: which tests of this shard,
// which together in one process, which one at a time. Pure.
//
// May include: common/base, harness/{suite,config}.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/config/config.h"
#include "harness/plan/filter.h"
#include "harness/suite/test_case.h"

namespace harness {

struct Shard {
  int index = 0;
  int count = 1;
};

// What one process is asked to run: one test of GoogleTest, the tests of one file of pytest.
struct Unit {
  std::string suite;
  SuiteKind kind = SuiteKind::kGoogleTest;
  std::string file;             // pytest: the file below the suite's path
  std::vector<TestCase> tests;  // in the order of the list
  bool serial = false;          // its calls are told apart by an alias: one such unit at a time
};

struct Plan {
  std::vector<Unit> units;         // in the order of the list
  std::vector<TestCase> disabled;  // selected, but not to be run
  std::vector<TestCase> selected;  // both, in the order of the list
  // Ids that are selected too, and run in other shards: by them the shards are proved to add up.
  std::vector<std::string> elsewhere;
  std::string list_sha256;  // of every id of the whole list, the same in every shard
  std::size_t listed = 0;
};

// `tests` is the whole list; every one names a suite of `config`. Where `only` is given, no other
// test is selected; the case of a command stands for the command.
Plan make_plan(const std::vector<TestCase>& tests, const Config& config, const Filter& filter,
               Shard shard, const std::optional<std::set<std::string>>& only = std::nullopt);

// True where a suite uses, directly or by needs, a service that is told the llm's key, and does not
// carry the session itself: its tests share that service's alias.
bool shares_alias(const SuiteConfig& suite, const Config& config);

}  // namespace harness
