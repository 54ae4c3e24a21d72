#include "harness/plan/resources.h"

#include <algorithm>

namespace harness {
namespace {

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

}  // namespace

base::Result<Resources> Resources::make(const Config& config) {
  Resources resources;
  for (const SerialConfig& entry : config.serial) {
    base::Result<Filter> tests = Filter::parse(entry.tests);
    if (!tests) {
      return std::move(tests).error().within(entry.place);
    }
    resources.entries_.emplace_back(std::move(*tests), entry.resource);
  }
  return resources;
}

std::vector<std::string> Resources::of(const TestCase& test, SuiteKind kind) const {
  std::vector<std::string> names;
  for (const std::string& tag : test.tags) {
    if (tag.starts_with(kSerialTag)) {
      names.push_back(tag.substr(kSerialTag.size()));
    }
  }
  for (const auto& [tests, resource] : entries_) {
    if (tests.selects(test, kind)) {
      names.push_back(resource);
    }
  }
  std::sort(names.begin(), names.end());
  names.erase(std::unique(names.begin(), names.end()), names.end());
  return names;
}

bool shares_alias(const SuiteConfig& suite, const Config& config) {
  if (suite.session == SessionMode::kCarried) {
    return false;
  }
  const std::vector<const ServiceConfig*> services = config.needs_of(suite.uses);
  return std::any_of(services.begin(), services.end(), [&](const ServiceConfig* service) {
    return is_application(*service) && names_llm(*service, config);
  });
}

}  // namespace harness
