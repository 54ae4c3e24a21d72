// One request to the API server after another. Blocking; one thread at a time, a connection kept.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <nlohmann/json.hpp>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "harness/kube/access.h"

namespace harness {

struct KubeLimits {
  std::chrono::milliseconds connect_timeout{3'000};  // TLS included
  std::chrono::milliseconds request_timeout{15'000};
  std::size_t body_bytes_max = 64 * 1024 * 1024;
};

// The reason where a certificate, a token or the credential plugin is wrong: asking again will not
// help before somebody has repaired it.
inline constexpr std::string_view kKubeInvalidAccess = "InvalidAccess";

// What the API server said no with: its Status object, or how it could not be reached.
struct KubeError {
  int status = 0;  // 0: no answer
  // "NotFound", "Forbidden", "AlreadyExists", ...; without an answer "Timeout", kKubeInvalidAccess
  // or empty.
  std::string reason;
  std::string message;  // as the server says it, or the transport's

  [[nodiscard]] bool unreachable() const { return status == 0; }
};

// Either the object or why not.
struct KubeAnswer {
  nlohmann::json object;
  std::optional<KubeError> error;

  explicit operator bool() const { return !error; }
};

class KubeApi {
 public:
  // Reads certificates and connects at the first request. `clock` outlives it.
  static base::Result<KubeApi> make(const KubeAccess& access, const base::Clock& clock,
                                    KubeLimits limits = {});
  KubeApi(KubeApi&&) noexcept;
  KubeApi& operator=(KubeApi&&) noexcept;
  ~KubeApi();

  // Paths as "/apis/batch/v1/namespaces/ci/jobs/x?dryRun=All". A connection that the server closed
  // while it was kept is made anew once, but not for create() once a byte was sent; 429 with
  // Retry-After is waited for and asked again, within the request's time-out; 401 once where a
  // token file or a credential plugin can give another token.
  KubeAnswer get(std::string_view path);
  KubeAnswer create(std::string_view path, const nlohmann::json& object);
  // Server-side apply, as field manager "drydock".
  KubeAnswer apply(std::string_view path, const nlohmann::json& object);
  KubeAnswer merge_patch(std::string_view path, const nlohmann::json& patch);
  KubeAnswer remove(std::string_view path, std::string_view propagation = "Background");
  // Text in place of JSON: a container's log. `object` is then a JSON string.
  KubeAnswer get_text(std::string_view path);

 private:
  class Impl;
  explicit KubeApi(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace harness
