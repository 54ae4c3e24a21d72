#include "harness/verbs/secrets.h"

#include <algorithm>
#include <optional>

#include <nlohmann/json.hpp>

#include "common/base/digest.h"
#include "common/base/random.h"
#include "common/base/text.h"
#include "harness/kube/api.h"

namespace harness {
namespace {

using nlohmann::json;

constexpr std::size_t kValueBytes = 20;  // two hex digits each
constexpr std::size_t kNameBytesMax = 253;

struct WantedSecret {
  std::string name;
  std::vector<std::string> keys;
};

bool is_name(std::string_view text, std::string_view also) {
  return !text.empty() && text.size() <= kNameBytesMax &&
         std::all_of(text.begin(), text.end(), [&](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
                  also.find(c) != std::string_view::npos;
         });
}

base::Result<WantedSecret> read_wanted(std::string_view argument) {
  const std::size_t equals = argument.find('=');
  WantedSecret wanted;
  wanted.name = std::string(argument.substr(0, equals));
  if (equals != std::string_view::npos) {
    for (const std::string_view key : base::split(argument.substr(equals + 1), ',')) {
      wanted.keys.emplace_back(key);
    }
  }
  const bool good = is_name(wanted.name, "-.") && !wanted.keys.empty() &&
                    std::all_of(wanted.keys.begin(), wanted.keys.end(), [](const std::string& key) {
                      return is_name(key, "-._ABCDEFGHIJKLMNOPQRSTUVWXYZ");
                    });
  if (!good) {
    return base::invalid_input(base::json_quoted(base::shortened(argument, 200)) +
                               " is not NAME=KEY[,KEY]..., for example drydock-postgres=password");
  }
  return wanted;
}

std::string new_value() {
  return base::to_base64(base::random_token(kValueBytes));
}

// Whether the secret has a value under the key.
bool has_value(const json& secret, const std::string& key) {
  const bool data = secret.contains("data") && secret["data"].is_object();
  return data && secret["data"].contains(key) && secret["data"][key].is_string() &&
         !secret["data"][key].get_ref<const std::string&>().empty();
}

class Generator {
 public:
  Generator(KubeApi& api, std::string name_space) : api_(api), namespace_(std::move(name_space)) {}

  // What was done, in a word; or why not.
  std::optional<KubeError> generate(const WantedSecret& wanted, std::string& done) {
    const std::string all = "/api/v1/namespaces/" + namespace_ + "/secrets";
    const KubeAnswer found = api_.get(all + "/" + wanted.name);
    if (!found && found.error->status != 404) {
      return found.error;
    }
    json data = json::object();
    for (const std::string& key : wanted.keys) {
      if (!found || !has_value(found.object, key)) {
        data[key] = new_value();
      }
    }
    if (data.empty()) {
      done = "kept";
      return std::nullopt;
    }
    done = found ? "completed" : "made";
    const KubeAnswer answer =
        found ? api_.merge_patch(all + "/" + wanted.name, {{"data", data}})
              : api_.create(all, {{"apiVersion", "v1"},
                                  {"kind", "Secret"},
                                  {"metadata",
                                   {{"name", wanted.name},
                                    {"labels", {{"app.kubernetes.io/managed-by", "drydock"}}}}},
                                  {"type", "Opaque"},
                                  {"data", data}});
    return answer.error;
  }

 private:
  KubeApi& api_;
  std::string namespace_;
};

}  // namespace

int secrets_verb(const SecretsOptions& options, const VerbContext& context) {
  std::vector<WantedSecret> wanted;
  for (const std::string& argument : options.secrets) {
    base::Result<WantedSecret> secret = read_wanted(argument);
    if (!secret) {
      tell(context, secret.error().message);
      return kVerbUsage;
    }
    wanted.push_back(std::move(*secret));
  }
  const base::Result<KubeAccess> access = find_access(options.cluster, context.environment);
  if (!access) {
    tell(context, access.error().message);
    return kVerbUsage;
  }
  base::Result<KubeApi> api = KubeApi::make(*access, context.clock);
  if (!api) {
    tell(context, api.error().message);
    return kVerbUsage;
  }
  const std::string name_space =
      options.namespace_name.empty() ? access->namespace_name : options.namespace_name;
  Generator generator(*api, name_space);
  for (const WantedSecret& secret : wanted) {
    std::string done;
    if (const std::optional<KubeError> error = generator.generate(secret, done)) {
      tell(context, "secret " + name_space + "/" + secret.name + ": " + error->message);
      return kVerbRefused;
    }
    tell(context, "secret " + name_space + "/" + secret.name + " is " + done + ": " +
                      base::join(secret.keys, ", "));
  }
  return kVerbOk;
}

}  // namespace harness
