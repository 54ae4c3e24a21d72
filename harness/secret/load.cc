#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/secret/secret.h"
#include "harness/secret/shape.h"

namespace harness {
namespace {

std::string source_of(const SecretConfig& secret) {
  return secret.env.empty() ? "file " + secret.file : "variable " + secret.env;
}

base::Result<std::string> read_source(const SecretConfig& secret,
                                      const base::Environment& environment) {
  if (!secret.env.empty()) {
    std::optional<std::string> value = environment.get(secret.env);
    if (!value) {
      return base::not_found("is not set");
    }
    return *std::move(value);
  }
  base::Result<std::string> content = base::read_file(secret.file, kSecretFileBytesMax);
  if (!content) {
    return content;
  }
  // Editors and `echo` end a file with a newline that nobody means.
  for (const char c : {'\n', '\r'}) {
    if (!content->empty() && content->back() == c) {
      content->pop_back();
    }
  }
  return content;
}

// What is wrong with a value, told without any part of it.
std::vector<std::string> faults_of(const SecretConfig& secret, std::string_view value) {
  std::vector<std::string> faults;
  const bool blank = std::all_of(value.begin(), value.end(), [](char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  });
  if (blank) {
    return {"is empty"};
  }
  if (value.find('\0') != std::string_view::npos) {
    return {"holds a NUL byte"};
  }
  if (const auto kind = placeholder_in(value); kind && !secret.may_be_placeholder) {
    faults.push_back("is a placeholder, " + *kind +
                     ": nobody put the secret in its place (`allow_placeholder: true` where that "
                     "is meant)");
  }
  if (!secret.multiline && value.find_first_of("\r\n") != std::string_view::npos) {
    faults.emplace_back(value.find_first_of("\r\n") + 2 >= value.size()
                            ? "ends in a newline, which would become part of it"
                            : "has several lines: say `multiline: true` where that is meant");
  }
  if (value.size() < redact::kSecretBytesMin) {
    faults.push_back("is shorter than " + std::to_string(redact::kSecretBytesMin) +
                     " bytes and could not be masked");
  }
  if (auto fault = shape_fault(secret.shape, value)) {
    faults.push_back(*std::move(fault));
  }
  return faults;
}

std::string line_of(const SecretConfig& secret, std::string_view fault) {
  const std::string where = secret.place.empty() ? "" : secret.place + ": ";
  return where + "secret " + secret.name + ": " + source_of(secret) + " " + std::string(fault);
}

}  // namespace

base::Result<std::vector<Secret>> load_secrets(const std::vector<SecretConfig>& secrets,
                                               const base::Environment& environment) {
  std::vector<Secret> loaded;
  std::vector<std::string> faults;
  for (const SecretConfig& secret : secrets) {
    base::Result<std::string> value = read_source(secret, environment);
    if (!value) {
      faults.push_back(line_of(secret, secret.env.empty()
                                           ? "is not readable: " + value.error().message
                                           : value.error().message));
      continue;
    }
    for (const std::string& fault : faults_of(secret, *value)) {
      faults.push_back(line_of(secret, fault));
    }
    loaded.emplace_back(secret.name, *std::move(value));
  }
  if (!faults.empty()) {
    return base::invalid_input(base::join(faults, "\n"));
  }
  return loaded;
}

std::vector<SecretConfig> with_variables(std::vector<SecretConfig> secrets,
                                         const std::vector<std::string>& variables) {
  for (const std::string& variable : variables) {
    SecretConfig secret;
    secret.name = variable;
    secret.env = variable;
    secret.place = "--secret-env";
    secrets.push_back(std::move(secret));
  }
  return secrets;
}

std::vector<Secret> known_secrets(const std::vector<SecretConfig>& secrets,
                                  const base::Environment& environment) {
  std::vector<Secret> known;
  for (const SecretConfig& secret : secrets) {
    if (base::Result<std::vector<Secret>> loaded = load_secrets({secret}, environment)) {
      known.push_back(std::move(loaded->front()));
    }
  }
  return known;
}

}  // namespace harness
