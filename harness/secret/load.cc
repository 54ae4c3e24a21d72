#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/secret/secret.h"

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
std::optional<std::string> fault_of(const SecretConfig& secret, std::string_view value) {
  const bool blank = std::all_of(value.begin(), value.end(), [](char c) {
    return c == ' ' || c == '\t' || c == '\n' || c == '\r';
  });
  if (blank) {
    return "is empty";
  }
  if (value.find('\0') != std::string_view::npos) {
    return "holds a NUL byte";
  }
  if (!secret.multiline && value.find_first_of("\r\n") != std::string_view::npos) {
    return value.find_first_of("\r\n") + 2 >= value.size()
               ? "ends in a newline, which would become part of it"
               : "has several lines: say `multiline: true` where that is meant";
  }
  if (value.size() < redact::kSecretBytesMin) {
    return "is shorter than " + std::to_string(redact::kSecretBytesMin) +
           " bytes and could not be masked";
  }
  return std::nullopt;
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
    } else if (const std::optional<std::string> fault = fault_of(secret, *value)) {
      faults.push_back(line_of(secret, *fault));
    } else {
      loaded.emplace_back(secret.name, *std::move(value));
    }
  }
  if (!faults.empty()) {
    return base::invalid_input(base::join(faults, "\n"));
  }
  return loaded;
}

}  // namespace harness
