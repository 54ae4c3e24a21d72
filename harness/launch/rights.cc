#include "harness/launch/rights.h"

#include <array>

#include <nlohmann/json.hpp>

namespace harness {
namespace {

using nlohmann::json;

struct Right {
  const char* verb;
  const char* group;
  const char* resource;
  const char* subresource;
};

// manifests/base/rbac gives these. A WebSocket begins with a GET, which newer servers also ask the
// right to create for.
constexpr std::array kRights{
    Right{"create", "batch", "jobs", ""}, Right{"watch", "batch", "jobs", ""},
    Right{"delete", "batch", "jobs", ""}, Right{"list", "", "pods", ""},
    Right{"watch", "", "pods", ""},       Right{"get", "", "pods", "log"},
    Right{"get", "", "pods", "exec"},     Right{"create", "", "pods", "exec"},
    Right{"watch", "", "events", ""},
};

std::string named(const Right& right) {
  std::string text = std::string("to ") + right.verb + " " + right.resource;
  text += right.subresource[0] == '\0' ? "" : std::string("/") + right.subresource;
  text += right.group[0] == '\0' ? "" : std::string(".") + right.group;
  return text;
}

}  // namespace

std::optional<MissingRight> missing_right(KubeApi& api, std::string_view name_space) {
  for (const Right& right : kRights) {
    const json review = {{"apiVersion", "authorization.k8s.io/v1"},
                         {"kind", "SelfSubjectAccessReview"},
                         {"spec",
                          {{"resourceAttributes",
                            {{"namespace", name_space},
                             {"verb", right.verb},
                             {"group", right.group},
                             {"resource", right.resource},
                             {"subresource", right.subresource}}}}}};
    const KubeAnswer answer =
        api.create("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", review);
    if (!answer) {
      return MissingRight{answer.error->unreachable()
                              ? "the API server does not answer: " + answer.error->message
                              : "the API server says no: " + answer.error->message,
                          "check the context and the network to its server"};
    }
    const json::json_pointer allowed("/status/allowed");
    if (!answer.object.contains(allowed) || answer.object[allowed] != true) {
      return MissingRight{
          "the right " + named(right) + " in namespace " + std::string(name_space) + " is missing",
          "give it to who launches: manifests/base/rbac has a role with all that is needed"};
    }
  }
  return std::nullopt;
}

}  // namespace harness
