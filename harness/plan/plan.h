// plan: from the list of tests to the processes that will run them: which tests of this shard,
// which together in one process, which not at the same time, in which order. Pure.
//
// Doors: make_plan(); filter.h, resources.h, past.h for what it is given; order.h and shards.h for
// its parts; quarantine.h. May include: common/base, harness/{suite,config}.
#pragma once

#include <cstddef>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "harness/config/config.h"
#include "harness/plan/filter.h"
#include "harness/plan/past.h"
#include "harness/plan/resources.h"
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
  std::string file;                    // pytest: the file below the suite's path
  std::vector<TestCase> tests;         // in the order of the list
  std::vector<std::string> resources;  // while it runs, no other unit that names one of them does
};

// "suite/file" where the file is what is run, else the id of its test. `tests` is not empty.
std::string name_of(const Unit& unit);

struct Plan {
  std::vector<Unit> units;         // in the order of the list
  std::vector<TestCase> disabled;  // selected, but not to be run
  std::vector<TestCase> selected;  // both, in the order of the list
  // Ids that are selected too, and run in other shards: by them the shards are proved to add up.
  std::vector<std::string> elsewhere;
  std::string list_sha256;       // of every id of the whole list, the same in every shard
  std::string durations_sha256;  // of what the shards were made from; empty where of nothing
  std::size_t listed = 0;
};

struct PlanChoices {
  Filter filter = {};
  Shard shard = {};
  std::optional<std::set<std::string>> only = {};  // no other test is selected; the case of a
                                                   // command stands for the command
  Resources resources = {};
  PastTests durations = {};  // every shard must be given the same; empty: shards by a hash
};

// `tests` is the whole list; every one names a suite of `config`.
Plan make_plan(const std::vector<TestCase>& tests, const Config& config,
               const PlanChoices& choices = {});

}  // namespace harness
