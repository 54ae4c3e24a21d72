// secret: the injected secrets, found, checked, and never printed.
//
// Doors: load_secrets() at start-up; make_redactor() makes what every printed byte goes through.
// May include: common/{base,redact}, harness/config.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/env.h"
#include "common/base/error.h"
#include "common/redact/redactor.h"
#include "harness/config/config.h"

namespace harness {

// A value that prints as ***. reveal() is the one way to it: greppable.
class Secret {
 public:
  Secret(std::string name, std::string value) : name_(std::move(name)), value_(std::move(value)) {}

  [[nodiscard]] const std::string& name() const { return name_; }

  [[nodiscard]] const std::string& reveal() const { return value_; }

  [[nodiscard]] std::string_view shown() const { return "***"; }

 private:
  std::string name_;
  std::string value_;
};

// A mounted secret of more than this is no secret.
inline constexpr std::size_t kSecretFileBytesMax = 64 * 1024;

// Loads all that the file and --secret-env name. The error lists every fault of every one: missing,
// empty, not readable, a placeholder, of several lines without `multiline`, of another shape than
// declared, or shorter than redact::kSecretBytesMin (it could not be masked). One newline at the
// end of a mounted file is not part of its value. No error holds a value.
base::Result<std::vector<Secret>> load_secrets(const std::vector<SecretConfig>& secrets,
                                               const base::Environment& environment);

// Those of a file, and the variables of --secret-env.
std::vector<SecretConfig> with_variables(std::vector<SecretConfig> secrets,
                                         const std::vector<std::string>& variables);

// Those of them that can be loaded: for programs that only have to know what not to show.
std::vector<Secret> known_secrets(const std::vector<SecretConfig>& secrets,
                                  const base::Environment& environment);

// Knows the secrets and their parts (the texts of a JSON document, what is secret in a URL), the
// passwords in the services' URLs and in URLs of the environment, and variables that are secret by
// name (*_KEY, *_TOKEN, *_PASSWORD, *_SECRET with a value long enough).
base::Result<std::shared_ptr<const redact::Redactor>> make_redactor(
    const std::vector<Secret>& secrets, const std::vector<std::string>& urls,
    const base::Environment& environment);

// By its name alone: API_KEY, GITHUB_TOKEN.
[[nodiscard]] bool is_secret_by_name(std::string_view variable);

}  // namespace harness
