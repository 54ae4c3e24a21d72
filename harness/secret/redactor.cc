#include <array>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "harness/config/url.h"
#include "harness/secret/secret.h"
#include "harness/secret/shape.h"

namespace harness {
namespace {

constexpr std::array<std::string_view, 6> kSecretSuffixes{"_KEY",    "_TOKEN",  "_PASSWORD",
                                                          "_SECRET", "_PASSWD", "_CREDENTIALS"};
constexpr std::array<std::string_view, 5> kSecretNames{"PGPASSWORD", "PASSWORD", "TOKEN", "SECRET",
                                                       "REDISCLI_AUTH"};
// A session's name, which every report shows.
constexpr std::string_view kSessionKeyPrefix = "sk-mock-";

// Values that are too short would mask ordinary words; load_secrets() refuses those that were
// declared.
void add(std::vector<redact::Secret>& known, std::string name, std::string value) {
  if (value.size() >= redact::kSecretBytesMin && !value.starts_with(kSessionKeyPrefix)) {
    known.push_back({.name = std::move(name), .value = std::move(value)});
  }
}

// As it is written in the URL and as the server sees it.
void add_password_of(std::vector<redact::Secret>& known, const std::string& name,
                     std::string_view url) {
  UrlParts parts = split_url(url);
  if (parts.raw_password != parts.password) {
    add(known, name, std::move(parts.raw_password));
  }
  add(known, name, std::move(parts.password));
}

}  // namespace

bool is_secret_by_name(std::string_view variable) {
  for (const std::string_view name : kSecretNames) {
    if (variable == name) {
      return true;
    }
  }
  for (const std::string_view suffix : kSecretSuffixes) {
    if (variable.ends_with(suffix)) {
      return true;
    }
  }
  return false;
}

base::Result<std::shared_ptr<const redact::Redactor>> make_redactor(
    const std::vector<Secret>& secrets, const std::vector<std::string>& urls,
    const base::Environment& environment) {
  std::vector<redact::Secret> known;
  for (const Secret& secret : secrets) {
    add(known, secret.name(), secret.reveal());
    for (std::string& part : secret_parts(secret.reveal())) {
      add(known, secret.name(), std::move(part));
    }
  }
  for (const std::string& url : urls) {
    add_password_of(known, "a service's URL", url);
  }
  for (const auto& [name, value] : environment.all()) {
    add_password_of(known, name, value);
    if (is_secret_by_name(name)) {
      add(known, name, value);
    }
  }
  return redact::Redactor::make(known, true);
}

}  // namespace harness
