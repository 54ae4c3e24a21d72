#include "harness/plan/plan.h"

#include <algorithm>
#include <map>

#include "common/base/check.h"
#include "common/base/digest.h"
#include "harness/plan/shards.h"

namespace harness {
namespace {

std::string file_of(const std::string& pytest_name) {
  return pytest_name.substr(0, pytest_name.find("::"));
}

struct Suite {
  SuiteKind kind = SuiteKind::kGoogleTest;
  bool alias = false;
};

std::map<std::string, Suite, std::less<>> suites_of(const Config& config) {
  std::map<std::string, Suite, std::less<>> suites;
  for (const SuiteConfig& suite : config.suites) {
    suites[suite.name] = {suite.kind, shares_alias(suite, config)};
  }
  return suites;
}

bool is_among(const std::set<std::string>& ids, const TestCase& test, SuiteKind kind) {
  if (kind != SuiteKind::kCommand) {
    return ids.contains(test.id());
  }
  const std::string start = test.suite + "/";
  const auto first = ids.lower_bound(start);
  return first != ids.end() && first->starts_with(start);
}

std::string digest_of(const std::vector<TestCase>& tests) {
  std::string ids;
  for (const TestCase& test : tests) {
    ids += test.id();
    ids += '\n';
  }
  return base::sha256_hex(ids);
}

// Every selected test in its unit, the disabled ones too.
class Grouping {
 public:
  Grouping(const Config& config, const Resources& resources)
      : suites_(suites_of(config)),
        resources_(resources) {}

  [[nodiscard]] SuiteKind kind_of(const TestCase& test) const {
    const auto suite = suites_.find(test.suite);
    CHECK(suite != suites_.end());
    return suite->second.kind;
  }

  // The place of its unit.
  std::size_t add(const TestCase& test) {
    const Suite& suite = suites_.find(test.suite)->second;
    const bool grouped = suite.kind == SuiteKind::kPytest;
    Unit unit{test.suite, suite.kind, grouped ? file_of(test.name) : "", {test}, {}};
    const auto [place, is_new] = places_.try_emplace(name_of(unit), units_.size());
    std::vector<std::string> resources = resources_.of(test, suite.kind);
    if (suite.alias) {
      resources.emplace_back(kAliasResource);
    }
    if (is_new) {
      unit.resources = std::move(resources);
      units_.push_back(std::move(unit));
      return place->second;
    }
    Unit& known = units_[place->second];
    known.tests.push_back(test);
    known.resources.insert(known.resources.end(), resources.begin(), resources.end());
    return place->second;
  }

  std::vector<Unit> units() {
    for (Unit& unit : units_) {
      std::sort(unit.resources.begin(), unit.resources.end());
      unit.resources.erase(std::unique(unit.resources.begin(), unit.resources.end()),
                           unit.resources.end());
    }
    return std::move(units_);
  }

 private:
  std::map<std::string, Suite, std::less<>> suites_;
  const Resources& resources_;
  std::vector<Unit> units_;
  std::map<std::string, std::size_t> places_;  // by the unit's name
};

// What of the record is of tests that are selected: another file of durations for tests that are
// not there changes nothing.
PastTests known_of(const std::vector<Unit>& units, const PastTests& past) {
  PastTests known;
  for (const Unit& unit : units) {
    for (const TestCase& test : unit.tests) {
      if (const auto found = past.find(test.id()); found != past.end()) {
        known.insert(*found);
      }
    }
  }
  return known;
}

// The unit without its disabled tests, which go to the plan's own.
void take_unit(Unit unit, Plan& plan) {
  std::vector<TestCase> tests;
  for (TestCase& test : unit.tests) {
    (test.disabled ? plan.disabled : tests).push_back(std::move(test));
  }
  unit.tests = std::move(tests);
  if (!unit.tests.empty()) {
    plan.units.push_back(std::move(unit));
  }
}

}  // namespace

std::string name_of(const Unit& unit) {
  return unit.kind == SuiteKind::kPytest ? unit.suite + "/" + unit.file : unit.tests.front().id();
}

Plan make_plan(const std::vector<TestCase>& tests, const Config& config,
               const PlanChoices& choices) {
  const Shard shard = choices.shard;
  CHECK(shard.count >= 1 && shard.index >= 0 && shard.index < shard.count);
  Plan plan;
  plan.listed = tests.size();
  plan.list_sha256 = digest_of(tests);
  Grouping grouping(config, choices.resources);
  std::vector<std::pair<const TestCase*, std::size_t>> selected;  // with the place of its unit
  for (const TestCase& test : tests) {
    const SuiteKind kind = grouping.kind_of(test);
    if (choices.filter.selects(test, kind) &&
        (!choices.only || is_among(*choices.only, test, kind))) {
      selected.emplace_back(&test, grouping.add(test));
    }
  }
  std::vector<Unit> units = grouping.units();
  std::vector<int> shards(units.size(), shard.index);
  if (shard.count > 1) {
    const PastTests durations = known_of(units, choices.durations);
    plan.durations_sha256 = durations.empty() ? "" : digest_of(durations);
    shards = shards_of(units, durations, shard.count);
  }
  for (const auto& [test, unit] : selected) {
    if (shards[unit] == shard.index) {
      plan.selected.push_back(*test);
    } else {
      plan.elsewhere.push_back(test->id());
    }
  }
  for (std::size_t i = 0; i < units.size(); ++i) {
    if (shards[i] == shard.index) {
      take_unit(std::move(units[i]), plan);
    }
  }
  return plan;
}

}  // namespace harness
