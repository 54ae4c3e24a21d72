#include "harness/service/addresses.h"

#include <algorithm>
#include <cstddef>
#include <string_view>

#include "common/base/random.h"
#include "harness/config/references.h"
#include "harness/config/url.h"

namespace harness {
namespace {

constexpr std::size_t kAliasBytes = 12;

int default_port(ServiceKind kind, const std::string& scheme) {
  switch (kind) {
    case ServiceKind::kPostgres:
      return 5432;
    case ServiceKind::kRedis:
    case ServiceKind::kDragonfly:
      return 6379;
    case ServiceKind::kNats:
      return 4222;
    default:
      return scheme == "https" ? 443 : 80;
  }
}

bool mentions(const ServiceConfig& caller, const std::string& service, std::string_view attribute) {
  return std::any_of(caller.env.begin(), caller.env.end(), [&](const auto& variable) {
    const base::Result<std::vector<Reference>> references = references_in(variable.second);
    return references &&
           std::any_of(references->begin(), references->end(), [&](const Reference& r) {
             return r.service == service && r.attribute == attribute;
           });
  });
}

}  // namespace

void add_values(Values& values, const ServiceAddress& address, const std::string& key) {
  if (!has_url(address.kind)) {
    return;
  }
  const UrlParts parts = split_url(address.url);
  const int port = parts.port != 0 ? parts.port : default_port(address.kind, parts.scheme);
  values[address.name + ".url"] = address.url;
  values[address.name + ".host"] = parts.host;
  values[address.name + ".port"] = std::to_string(port);
  if (address.kind == ServiceKind::kMockllm) {
    values[address.name + ".base_url"] = address.base_url;
    values[address.name + ".key"] = key;
  } else if (address.kind == ServiceKind::kRedis) {
    values[address.name + ".prefix"] = "";  // the shared one's; a worker may have another
  }
}

std::string new_llm_key() {
  return "dk-" + base::random_token(kAliasBytes);
}

std::vector<std::pair<std::string, std::string>> llm_keys(const Config& config,
                                                          const ServiceConfig& llm,
                                                          const base::Environment& environment) {
  std::vector<std::pair<std::string, std::string>> keys;
  const std::string fixed = llm.key_env.empty() ? "" : environment.get(llm.key_env).value_or("");
  for (const ServiceConfig& caller : config.services) {
    if (!is_application(caller)) {
      continue;
    }
    const bool needs_it =
        std::find(caller.needs.begin(), caller.needs.end(), llm.name) != caller.needs.end();
    const bool remote = is_found(caller, environment);
    if (!remote && (mentions(caller, llm.name, "key") || mentions(caller, llm.name, "base_url"))) {
      keys.emplace_back(caller.name, new_llm_key());
    } else if (remote && needs_it && !fixed.empty()) {
      keys.emplace_back(caller.name, fixed);
    }
  }
  if (keys.empty() && !fixed.empty()) {
    keys.emplace_back(llm.name, fixed);
  }
  return keys;
}

}  // namespace harness
