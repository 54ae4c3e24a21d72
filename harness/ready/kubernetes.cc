#include <array>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "common/base/text.h"
#include "harness/kube/access.h"
#include "harness/kube/api.h"
#include "harness/ready/probe.h"

namespace harness {
namespace {

using nlohmann::json;

constexpr std::size_t kReasonBytesMax = 300;
constexpr int kStatusNotFound = 404;
// The API server's words for who we are and what we may: the same at the next try.
constexpr std::array<int, 4> kNeverStatuses{400, 401, 403, 405};

// What kubectl calls by a short name. Everything else is written out: "<plural>.<version>.<group>".
struct Resource {
  std::string_view kind;
  std::string_view path;  // of its list, before the namespace
  std::string_view plural;
  bool namespaced = true;
};

constexpr std::array<Resource, 15> kResources{
    Resource{"pod", "/api/v1", "pods"},
    Resource{"service", "/api/v1", "services"},
    Resource{"secret", "/api/v1", "secrets"},
    Resource{"configmap", "/api/v1", "configmaps"},
    Resource{"persistentvolumeclaim", "/api/v1", "persistentvolumeclaims"},
    Resource{"serviceaccount", "/api/v1", "serviceaccounts"},
    Resource{"endpoints", "/api/v1", "endpoints"},
    Resource{"namespace", "/api/v1", "namespaces", false},
    Resource{"node", "/api/v1", "nodes", false},
    Resource{"deployment", "/apis/apps/v1", "deployments"},
    Resource{"statefulset", "/apis/apps/v1", "statefulsets"},
    Resource{"daemonset", "/apis/apps/v1", "daemonsets"},
    Resource{"job", "/apis/batch/v1", "jobs"},
    Resource{"ingress", "/apis/networking.k8s.io/v1", "ingresses"},
    Resource{"customresourcedefinition", "/apis/apiextensions.k8s.io/v1",
             "customresourcedefinitions", false}};

// nullopt: no such short name, and not written out.
std::optional<std::string> path_of(const ClusterObject& object, const std::string& namespace_name) {
  for (const Resource& known : kResources) {
    if (object.kind == known.kind || object.kind == known.plural) {
      return std::string(known.path) + (known.namespaced ? "/namespaces/" + namespace_name : "") +
             "/" + std::string(known.plural) + "/" + object.name;
    }
  }
  const std::size_t version = object.kind.find('.');
  const std::size_t group =
      version == std::string::npos ? version : object.kind.find('.', version + 1);
  if (group == std::string::npos) {
    return std::nullopt;
  }
  return "/apis/" + object.kind.substr(group + 1) + "/" +
         object.kind.substr(version + 1, group - version - 1) + "/namespaces/" + namespace_name +
         "/" + object.kind.substr(0, version) + "/" + object.name;
}

const json& at(const json& object, const char* key) {
  static const json kNone;
  const auto found = object.is_object() ? object.find(key) : object.end();
  return found == object.end() ? kNone : *found;
}

std::string text(const json& value) {
  return value.is_string() ? value.get<std::string>() : std::string();
}

long number(const json& value, long otherwise) {
  return value.is_number_integer() ? value.get<long>() : otherwise;
}

ProbeResult result(Readiness readiness, std::string_view reason) {
  return {readiness, base::shortened(base::printable(reason), kReasonBytesMax)};
}

// ": ProgressDeadlineExceeded: ReplicaSet ... has timed out progressing"
std::string because(const json& condition) {
  std::string why;
  for (const char* key : {"reason", "message"}) {
    if (const std::string part = text(at(condition, key)); !part.empty()) {
      why += ": " + part;
    }
  }
  return why;
}

// A Job that failed, a pod that ended, a rollout that was given up: none of these turns by waiting.
std::optional<ProbeResult> failed_for_good(const json& object) {
  const json& status = at(object, "status");
  if (text(at(status, "phase")) == "Failed") {
    return result(Readiness::kNever, "phase Failed" + because(status));
  }
  for (const json& condition : at(status, "conditions")) {
    const std::string type = text(at(condition, "type"));
    const std::string value = text(at(condition, "status"));
    if (type == "Failed" && value == "True") {
      return result(Readiness::kNever, "Failed" + because(condition));
    }
    if (type == "Progressing" && value == "False" &&
        text(at(condition, "reason")) == "ProgressDeadlineExceeded") {
      return result(Readiness::kNever, "Progressing is False" + because(condition));
    }
  }
  return std::nullopt;
}

// Sets of pods that have no conditions of their own: as many are ready as are wanted.
std::optional<ProbeResult> counted(const json& object, std::string_view condition) {
  const bool stateful = text(at(object, "kind")) == "StatefulSet";
  if (condition != "Ready" || (!stateful && text(at(object, "kind")) != "DaemonSet")) {
    return std::nullopt;
  }
  const json& status = at(object, "status");
  const long wanted = stateful ? number(at(at(object, "spec"), "replicas"), 1)
                               : number(at(status, "desiredNumberScheduled"), 0);
  const long ready = number(at(status, stateful ? "readyReplicas" : "numberReady"), 0);
  return result(ready >= wanted ? Readiness::kReady : Readiness::kNotYet,
                std::to_string(ready) + " of " + std::to_string(wanted) + " pods are ready");
}

ProbeResult judge(const json& object, const std::string& wanted) {
  if (!at(at(object, "metadata"), "deletionTimestamp").is_null()) {
    return result(Readiness::kNotYet, "is being deleted");
  }
  if (wanted.empty()) {
    return result(Readiness::kReady, "is there");
  }
  const json& status = at(object, "status");
  const long generation = number(at(at(object, "metadata"), "generation"), 0);
  const long observed = number(at(status, "observedGeneration"), generation);
  if (observed < generation) {
    // What its status says is of the object before its last change.
    return result(Readiness::kNotYet,
                  "its controller has not seen generation " + std::to_string(generation) + " yet");
  }
  std::string others;
  for (const json& condition : at(status, "conditions")) {
    const std::string type = text(at(condition, "type"));
    const std::string value = text(at(condition, "status"));
    if (base::equals_ignoring_case(type, wanted)) {
      const std::string said = type + " is " + value + because(condition);
      if (value == "True") {
        return result(Readiness::kReady, type + " is True");
      }
      return failed_for_good(object).value_or(result(Readiness::kNotYet, said));
    }
    others += (others.empty() ? "" : ", ") + type + " " + value;
  }
  if (const auto by_count = counted(object, wanted)) {
    return *by_count;
  }
  return failed_for_good(object).value_or(
      result(Readiness::kNotYet,
             "has no condition " + wanted + (others.empty() ? " yet" : " yet, it has: " + others)));
}

ProbeResult refused(const KubeError& error, const std::string& path) {
  const std::string said = error.message.empty() ? error.reason : error.message;
  if (error.status == kStatusNotFound) {
    // A kind that nobody knows is a 404 of the path and not of an object; a definition may come.
    return result(Readiness::kNotYet, said.empty() ? path + " is not there" : said);
  }
  bool never = error.reason == kKubeInvalidAccess;
  for (const int status : kNeverStatuses) {
    never = never || error.status == status;
  }
  return result(never ? Readiness::kNever : Readiness::kNotYet, said);
}

}  // namespace

ProbeResult probe_kubernetes(const ClusterObject& object, const Surroundings& surroundings,
                             std::chrono::milliseconds timeout) {
  KubeAccessSource source;
  source.context = object.context;
  if (!object.kubeconfig.empty()) {
    source.kubeconfig =
        (std::filesystem::path(surroundings.directory) / object.kubeconfig).string();
  }
  const base::Result<KubeAccess> access = find_access(source, surroundings.environment);
  if (!access) {
    return {Readiness::kNever, access.error().message};
  }
  const std::string& namespace_name =
      object.namespace_name.empty() ? access->namespace_name : object.namespace_name;
  const std::optional<std::string> path = path_of(object, namespace_name);
  if (!path) {
    return {Readiness::kNever,
            "'" + object.kind +
                "' is no kind that is known by a short name: write <plural>.<version>.<group>, "
                "such as certificates.v1.cert-manager.io"};
  }
  base::Result<KubeApi> api = KubeApi::make(
      *access, surroundings.clock, {.connect_timeout = timeout, .request_timeout = timeout});
  if (!api) {
    return {Readiness::kNever, api.error().message};
  }
  const KubeAnswer answer = api->get(*path);
  return answer ? judge(answer.object, object.condition) : refused(*answer.error, *path);
}

}  // namespace harness
