// What a test's process is told by its environment (contracts 7).
#include <algorithm>
#include <filesystem>

#include "harness/run/attempts.h"

namespace harness {
namespace {

// The first database and the first cache, by names that do not depend on the configuration.
void set_data_addresses(const std::vector<ServiceAddress>& addresses, const Values& values,
                        base::Environment& out) {
  for (auto address = addresses.rbegin(); address != addresses.rend(); ++address) {
    if (address->kind == ServiceKind::kPostgres) {
      out.set("DRYDOCK_DATABASE_URL", values.at(address->name + ".url"));
    } else if (address->kind == ServiceKind::kRedis) {
      out.set("DRYDOCK_CACHE_URL", values.at(address->name + ".url"));
      out.set("DRYDOCK_CACHE_PREFIX", values.at(address->name + ".prefix"));
    }
  }
}

}  // namespace

// gcov makes folders itself and repeats the path of each object below its prefix; clang's files are
// told apart by process and binary.
void set_coverage_files(const std::string& folder, base::Environment& out) {
  std::error_code ignored;
  std::filesystem::create_directories(folder, ignored);
  out.set("GCOV_PREFIX", folder);
  out.set("LLVM_PROFILE_FILE", folder + "/%p-%m.profraw");
  out.set("COVERAGE_FILE", folder + "/.coverage");
}

Pairs Attempts::variables(const Attempt& attempt) const {
  Pairs out{{"DRYDOCK_TEST", attempt.test.id()},
            {"DRYDOCK_ATTEMPT", std::to_string(attempt.number)},
            {"DRYDOCK_SESSION", attempt.session},
            {"DRYDOCK_ARTIFACTS_DIR", attempt.folder + "/artifacts"},
            {"TMPDIR", attempt.folder + "/tmp"}};
  if (link_) {
    out.emplace_back("DRYDOCK_LLM_BASE_URL", llm_url_ + "/s/" + attempt.session + "/v1");
  }
  return out;
}

// Those of the services, and of what the worker has for itself where the suite does not share it.
Values Attempts::values(const SuiteConfig& suite, int worker) const {
  Values values = settings_.services.values();
  if (static_cast<std::size_t>(worker) < settings_.workers.size()) {
    for (const auto& [name, value] : settings_.workers[static_cast<std::size_t>(worker)]) {
      const std::string service = name.substr(0, name.rfind('.'));
      if (std::find(suite.shares.begin(), suite.shares.end(), service) == suite.shares.end()) {
        values[name] = value;
      }
    }
  }
  return values;
}

base::Environment Attempts::environment(const SuiteConfig& suite, int worker) const {
  base::Environment out = suite.environment_declared ? base::Environment() : settings_.environment;
  const Values values = this->values(suite, worker);
  for (const ServiceAddress& address : settings_.services.all()) {
    const ServiceConfig* service = settings_.config.service(address.name);
    if (service != nullptr && !service->url_env.empty()) {
      out.set(service->url_env, values.at(address.name + ".url"));
    }
  }
  for (const auto& [name, text] : suite.env) {
    // The configuration was checked: a reference without a value belongs to a service that is not
    // up.
    const base::Result<std::string> value = substitute(text, values);
    out.set(name, value ? *value : "");
  }
  set_data_addresses(settings_.services.all(), values, out);
  out.set("DRYDOCK_WORKER", std::to_string(worker));
  out.set("DRYDOCK_RUN", settings_.run);
  out.set("DRYDOCK_LLM_MODE", settings_.llm_mode);
  return out;
}

base::Environment Attempts::environment(const SuiteConfig& suite, int worker,
                                        const Attempt& attempt) const {
  base::Environment out = environment(suite, worker);
  for (const auto& [name, value] : variables(attempt)) {
    out.set(name, value);
  }
  if (suite.coverage) {
    set_coverage_files(attempt.folder + "/artifacts/coverage", out);
  }
  if (has_llm()) {
    out.set("OPENAI_BASE_URL", llm_url_ + "/s/" + attempt.session + "/v1");
    out.set("OPENAI_API_KEY", "sk-mock-" + attempt.session);
  }
  return out;
}

}  // namespace harness
