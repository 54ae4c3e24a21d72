#include "harness/kube/errors.h"

#include "common/base/text.h"
#include "harness/kube/json.h"

namespace harness {
namespace {

constexpr std::size_t kShownBytesMax = 300;

}  // namespace

KubeError refused(int status, std::string_view body) {
  const nlohmann::json object = nlohmann::json::parse(body, nullptr, false);
  if (text_at(object, {"kind"}) == "Status") {
    KubeError error = refused(object);
    error.status = status;
    return error;
  }
  const std::string_view text = base::trimmed(body.substr(0, body.find('\n')));
  return {status, "",
          text.empty() ? "answered " + std::to_string(status) + " without a word"
                       : base::printable(base::shortened(text, kShownBytesMax))};
}

KubeError refused(const nlohmann::json& status_object) {
  KubeError error;
  error.status = static_cast<int>(number_at(status_object, {"code"}));
  error.reason = text_at(status_object, {"reason"});
  error.message = base::printable(text_at(status_object, {"message"}));
  return error;
}

KubeError unanswered(const base::Error& error) {
  switch (error.kind) {
    case base::ErrorKind::kInvalidInput:
    case base::ErrorKind::kNotFound:
    case base::ErrorKind::kPermissionDenied:
      return {0, std::string(kKubeInvalidAccess), error.message};
    case base::ErrorKind::kTimedOut:
      return {0, "Timeout", error.message};
    case base::ErrorKind::kUnavailable:
    case base::ErrorKind::kInternal:
      break;
  }
  return {0, "", error.message};
}

}  // namespace harness
