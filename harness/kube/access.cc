#include "harness/kube/access.h"

#include <filesystem>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/kube/kubeconfig.h"

namespace harness {
namespace {

constexpr std::size_t kPemBytesMax = 4 * 1024 * 1024;
constexpr std::size_t kNamespaceBytesMax = 1024;

bool is_in_pod(const KubeAccessSource& source, const base::Environment& environment) {
  std::error_code error;
  return environment.has("KUBERNETES_SERVICE_HOST") &&
         std::filesystem::exists(source.service_account + "/token", error);
}

base::Result<KubeAccess> access_of_pod(const KubeAccessSource& source,
                                       const base::Environment& environment) {
  KubeAccess access;
  access.source = "the pod's service account";
  const std::string host = *environment.get("KUBERNETES_SERVICE_HOST");
  const std::string port = environment.get("KUBERNETES_SERVICE_PORT").value_or("443");
  access.server =
      "https://" + (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" + port;
  base::Result<std::string> authority =
      base::read_file(source.service_account + "/ca.crt", kPemBytesMax);
  if (!authority) {
    return std::move(authority).error().within(access.source);
  }
  access.authority = *std::move(authority);
  access.credentials.token_file = source.service_account + "/token";
  const base::Result<std::string> namespace_name =
      base::read_file(source.service_account + "/namespace", kNamespaceBytesMax);
  if (namespace_name && !base::trimmed(*namespace_name).empty()) {
    access.namespace_name = base::trimmed(*namespace_name);
  }
  return access;
}

base::Error context_needed(const Kubeconfig& config, const KubeconfigPaths& paths) {
  if (config.contexts.all.empty()) {
    const std::string where =
        paths.paths.empty() ? "neither KUBECONFIG nor HOME is set" : base::join(paths.paths, ", ");
    return base::invalid_input("no Kubernetes context is known (" + where +
                               "): give a kubeconfig and name one of its contexts");
  }
  return base::invalid_input(
      "name the Kubernetes context (--context): a current context is never taken silently; there "
      "are: " +
      config.contexts.names());
}

}  // namespace

base::Result<KubeAccess> find_access(const KubeAccessSource& source,
                                     const base::Environment& environment) {
  if (source.context.empty() && source.kubeconfig.empty() && is_in_pod(source, environment)) {
    return access_of_pod(source, environment);
  }
  const KubeconfigPaths paths = kubeconfig_paths(source.kubeconfig, environment);
  base::Result<Kubeconfig> config = load_kubeconfig(paths);
  if (!config) {
    return std::move(config).error();
  }
  if (source.context.empty() || config->contexts.all.empty()) {
    return context_needed(*config, paths);
  }
  return access_of_context(*config, source.context, environment);
}

}  // namespace harness
