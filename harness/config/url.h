// The parts of a service's URL, and the same URL without its password.
#pragma once

#include <string>
#include <string_view>

namespace harness {

struct UrlParts {
  std::string scheme;  // "postgresql", lower case
  std::string user;    // percent-decoded, like password; of nats://token@host empty: the token is
                       // its password
  std::string password;
  std::string raw_password;  // as the URL has it
  std::string host;          // without the brackets of an IPv6 address
  int port = 0;              // 0: not given
  std::string path;          // "/app", with query
};

// Takes what it finds; a text that is not a URL has an empty scheme.
UrlParts split_url(std::string_view url);

// "postgresql://app:***@127.0.0.1:5432/app", also for libpq's "host=... password=...".
std::string masked_url(std::string_view url);

// The same URL, or libpq's "host=... dbname=...", with another database.
std::string with_database(std::string_view url, std::string_view name);

}  // namespace harness
