#include "harness/kube/api.h"

#include <utility>

#include "harness/kube/client.h"
#include "harness/kube/json.h"

namespace harness {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kApply = "application/apply-patch+yaml";  // JSON is YAML too
constexpr std::string_view kMergePatch = "application/merge-patch+json";
constexpr std::string_view kFieldManager = "fieldManager=drydock";

std::string with_query(std::string_view path, std::string_view query) {
  const char join = path.find('?') == std::string_view::npos ? '?' : '&';
  return std::string(path) + join + std::string(query);
}

KubeAnswer as_object(Fetched fetched) {
  if (fetched.error) {
    return {nullptr, std::move(fetched.error)};
  }
  nlohmann::json object = nlohmann::json::parse(fetched.body, nullptr, false);
  if (object.is_discarded()) {
    return {nullptr, KubeError{0, "", "the answer is no JSON"}};
  }
  return {std::move(object), std::nullopt};
}

}  // namespace

class KubeApi::Impl {
 public:
  explicit Impl(std::unique_ptr<KubeClient> client) : client_(std::move(client)) {}

  Fetched fetch(const HttpRequest& request) { return client_->fetch(request); }

  KubeAnswer send(std::string_view method, std::string path, std::string_view content_type,
                  const nlohmann::json& object) {
    return as_object(fetch({method, std::move(path), std::string(content_type), to_text(object)}));
  }

 private:
  std::unique_ptr<KubeClient> client_;
};

base::Result<KubeApi> KubeApi::make(const KubeAccess& access, const base::Clock& clock,
                                    KubeLimits limits) {
  base::Result<std::unique_ptr<KubeClient>> client = KubeClient::make(access, clock, limits);
  if (!client) {
    return std::move(client).error();
  }
  return KubeApi(std::make_unique<Impl>(*std::move(client)));
}

KubeApi::KubeApi(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

KubeApi::KubeApi(KubeApi&&) noexcept = default;
KubeApi& KubeApi::operator=(KubeApi&&) noexcept = default;
KubeApi::~KubeApi() = default;

KubeAnswer KubeApi::get(std::string_view path) {
  return as_object(impl_->fetch({"GET", std::string(path), "", ""}));
}

KubeAnswer KubeApi::create(std::string_view path, const nlohmann::json& object) {
  return impl_->send("POST", with_query(path, kFieldManager), kJson, object);
}

KubeAnswer KubeApi::apply(std::string_view path, const nlohmann::json& object) {
  return impl_->send("PATCH", with_query(path, std::string(kFieldManager) + "&force=true"), kApply,
                     object);
}

KubeAnswer KubeApi::merge_patch(std::string_view path, const nlohmann::json& patch) {
  return impl_->send("PATCH", with_query(path, kFieldManager), kMergePatch, patch);
}

KubeAnswer KubeApi::remove(std::string_view path, std::string_view propagation) {
  return impl_->send(
      "DELETE", std::string(path), kJson,
      {{"apiVersion", "v1"}, {"kind", "DeleteOptions"}, {"propagationPolicy", propagation}});
}

KubeAnswer KubeApi::get_text(std::string_view path) {
  Fetched fetched = impl_->fetch({"GET", std::string(path), "", ""});
  return {std::move(fetched.body), std::move(fetched.error)};
}

}  // namespace harness
