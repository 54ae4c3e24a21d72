#include "harness/plan/plan.h"

#include <algorithm>
#include <map>

#include "common/base/check.h"
#include "common/base/digest.h"

namespace harness {
namespace {

// The one shard for all that share an alias: two pods would move it under each other's feet.
constexpr int kAliasShard = 0;

std::string file_of(const std::string& pytest_name) {
  return pytest_name.substr(0, pytest_name.find("::"));
}

const SuiteConfig& suite_named(const Config& config, const std::string& name) {
  const auto found = std::find_if(config.suites.begin(), config.suites.end(),
                                  [&](const SuiteConfig& suite) { return suite.name == name; });
  CHECK(found != config.suites.end());
  return *found;
}

// By a hash, so that the shard of a test does not depend on its neighbours or on the filter.
bool is_of_shard(const Unit& unit, const std::string& key, Shard shard) {
  if (shard.count == 1) {
    return true;
  }
  const int owner = unit.serial
                        ? kAliasShard
                        : static_cast<int>(base::crc32c(key) % static_cast<unsigned>(shard.count));
  return owner == shard.index;
}

bool names_llm(const ServiceConfig& service, const Config& config) {
  return std::any_of(config.services.begin(), config.services.end(), [&](const ServiceConfig& llm) {
    if (llm.kind != ServiceKind::kMockllm) {
      return false;
    }
    // A service that we do not start reads its key from llm.key_env; it calls the llm where it
    // needs it.
    if (std::find(service.needs.begin(), service.needs.end(), llm.name) != service.needs.end()) {
      return true;
    }
    return std::any_of(service.env.begin(), service.env.end(), [&](const auto& variable) {
      return variable.second.find("${" + llm.name + ".") != std::string::npos;
    });
  });
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

}  // namespace

bool shares_alias(const SuiteConfig& suite, const Config& config) {
  if (suite.session == SessionMode::kCarried) {
    return false;
  }
  const std::vector<const ServiceConfig*> services = config.needs_of(suite.uses);
  return std::any_of(services.begin(), services.end(), [&](const ServiceConfig* service) {
    return is_application(*service) && names_llm(*service, config);
  });
}

Plan make_plan(const std::vector<TestCase>& tests, const Config& config, const Filter& filter,
               Shard shard, const std::optional<std::set<std::string>>& only) {
  CHECK(shard.count >= 1 && shard.index >= 0 && shard.index < shard.count);
  Plan plan;
  plan.listed = tests.size();
  plan.list_sha256 = digest_of(tests);
  std::map<std::string, std::size_t> files;  // "suite/file" -> its unit, npos: another shard's
  for (const TestCase& test : tests) {
    const SuiteConfig& suite = suite_named(config, test.suite);
    if (!filter.selects(test, suite.kind) || (only && !is_among(*only, test, suite.kind))) {
      continue;
    }
    const bool grouped = suite.kind == SuiteKind::kPytest;
    Unit unit{
        suite.name, suite.kind, grouped ? file_of(test.name) : "", {}, shares_alias(suite, config)};
    const std::string key = grouped ? suite.name + "/" + unit.file : test.id();
    if (!is_of_shard(unit, key, shard)) {
      plan.elsewhere.push_back(test.id());
      continue;
    }
    plan.selected.push_back(test);
    if (test.disabled) {
      plan.disabled.push_back(test);
      continue;
    }
    const auto [place, is_new] = files.try_emplace(key, plan.units.size());
    if (is_new) {
      plan.units.push_back(std::move(unit));
    }
    plan.units[place->second].tests.push_back(test);
  }
  return plan;
}

}  // namespace harness
