#include "harness/config/config.h"

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>

#include "common/base/file.h"

namespace harness {
namespace {

constexpr std::size_t kFileBytesMax = 1024 * 1024;

}  // namespace

std::string_view name_of(ServiceKind kind) {
  constexpr std::array<std::string_view, kServiceKinds> kNames{
      "postgres", "redis", "dragonfly", "mockllm", "http",
      "nats",     "tcp",   "file",      "command", "kubernetes"};
  return kNames.at(static_cast<std::size_t>(kind));
}

bool has_url(ServiceKind kind) {
  return kind != ServiceKind::kFile && kind != ServiceKind::kCommand &&
         kind != ServiceKind::kKubernetes;
}

bool is_application(const ServiceConfig& service) {
  return service.kind == ServiceKind::kHttp || service.kind == ServiceKind::kCommand ||
         (service.local && !service.local->run.empty());
}

bool is_found(const ServiceConfig& service, const base::Environment& environment) {
  return has_url(service.kind) ? !service.url_env.empty() && environment.has(service.url_env)
                               : !service.local;
}

const std::vector<std::string>& secret_shapes() {
  static const std::vector<std::string> kShapes{"pem", "json",   "url", "jwt",
                                                "hex", "base64", "uuid"};
  return kShapes;
}

std::string_view name_of(Isolation isolation) {
  switch (isolation) {
    case Isolation::kNone:
      return "none";
    case Isolation::kDatabase:
      return "database";
    case Isolation::kPrefix:
      return "prefix";
  }
  return "none";
}

const ServiceConfig* Config::service(std::string_view wanted) const {
  const auto found =
      std::find_if(services.begin(), services.end(),
                   [&](const ServiceConfig& service) { return service.name == wanted; });
  return found == services.end() ? nullptr : &*found;
}

std::vector<const ServiceConfig*> Config::needs_of(const std::vector<std::string>& names) const {
  std::vector<const ServiceConfig*> reached;
  std::vector<std::string> open = names;
  // `open` grows while it is read; each service enters `reached` once, so a circle ends too.
  for (std::size_t i = 0; i < open.size(); ++i) {
    const ServiceConfig* found = service(open[i]);
    if (found != nullptr && std::find(reached.begin(), reached.end(), found) == reached.end()) {
      reached.push_back(found);
      open.insert(open.end(), found->needs.begin(), found->needs.end());
    }
  }
  std::sort(reached.begin(), reached.end());  // by address: the order of `services`
  return reached;
}

std::vector<std::pair<std::string, std::string>> isolated_services_of_applications(
    const SuiteConfig& suite, const Config& config) {
  std::vector<std::pair<std::string, std::string>> found;
  for (const ServiceConfig* application : config.needs_of(suite.uses)) {
    if (!is_application(*application)) {
      continue;
    }
    // A reference in its variables names a need too: the configuration was checked.
    for (const ServiceConfig* need : config.needs_of(application->needs)) {
      if (need->isolation != Isolation::kNone) {
        found.emplace_back(need->name, application->name);
      }
    }
  }
  return found;
}

base::Result<Config> load_config(const std::string& path) {
  const base::Result<std::string> text = base::read_file(path, kFileBytesMax);
  if (!text) {
    return text.error();
  }
  base::Result<Config> config = parse_config(path, *text);
  if (config) {
    std::error_code ignored;
    const std::filesystem::path absolute = std::filesystem::absolute(path, ignored);
    config->directory = absolute.lexically_normal().parent_path().string();
  }
  return config;
}

}  // namespace harness
