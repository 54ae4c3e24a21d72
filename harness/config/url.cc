#include "harness/config/url.h"

#include <algorithm>
#include <charconv>
#include <cstddef>
#include <utility>

#include "common/base/digest.h"
#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::string_view kMask = "***";

// Where in a URL its parts are: offsets, so that a password can be cut out of the original.
struct Authority {
  std::size_t begin = std::string_view::npos;  // after "//"
  std::size_t end = 0;                         // at the first of "/?#", or the end
  std::size_t at = std::string_view::npos;     // of '@'
  std::size_t colon = std::string_view::npos;  // between user and password
};

Authority authority_of(std::string_view url) {
  Authority found;
  const std::size_t slashes = url.find("://");
  if (slashes == std::string_view::npos) {
    return found;
  }
  found.begin = slashes + 3;
  // The last '@' before the path: passwords hold unescaped ones more often than hosts do.
  found.end = std::min(url.find_first_of("/?#", found.begin), url.size());
  const std::size_t at = url.substr(0, found.end).rfind('@');
  if (at != std::string_view::npos && at >= found.begin) {
    found.at = at;
    const std::size_t colon = url.substr(0, at).find(':', found.begin);
    found.colon = colon;
  }
  return found;
}

// "nats://token@host": what stands alone there is no user but a secret.
bool is_nats(std::string_view scheme) {
  return base::equals_ignoring_case(scheme, "nats");
}

// The value after each `key` up to a separator is replaced.
std::string masked_values(std::string text, std::string_view key, std::string_view separators) {
  std::size_t at = 0;
  while ((at = text.find(key, at)) != std::string::npos) {
    const std::size_t begin = at + key.size();
    std::size_t end = text.find_first_of(separators, begin);
    if (begin < text.size() && text[begin] == '\'') {
      end = text.find('\'', begin + 1);
      end = end == std::string::npos ? end : end + 1;
    }
    end = std::min(end, text.size());
    text.replace(begin, end - begin, kMask);
    at = begin + kMask.size();
  }
  return text;
}

}  // namespace

UrlParts split_url(std::string_view url) {
  UrlParts parts;
  const Authority authority = authority_of(url);
  if (authority.begin == std::string_view::npos) {
    return parts;
  }
  parts.scheme = base::to_lower(url.substr(0, authority.begin - 3));
  parts.path = std::string(url.substr(authority.end));
  std::size_t host_begin = authority.begin;
  if (authority.at != std::string_view::npos) {
    host_begin = authority.at + 1;
    const std::size_t user_end = std::min(authority.colon, authority.at);
    parts.user = base::percent_decoded(url.substr(authority.begin, user_end - authority.begin));
    if (authority.colon != std::string_view::npos) {
      parts.raw_password = url.substr(authority.colon + 1, authority.at - authority.colon - 1);
      parts.password = base::percent_decoded(parts.raw_password);
    }
  }
  if (parts.password.empty() && is_nats(parts.scheme)) {
    parts.raw_password = url.substr(authority.begin, host_begin - authority.begin);
    parts.raw_password = parts.raw_password.substr(0, parts.raw_password.find('@'));
    parts.password = std::exchange(parts.user, "");
  }
  std::string_view host = url.substr(host_begin, authority.end - host_begin);
  const std::size_t bracket = host.rfind(']');
  const std::size_t colon = host.rfind(':');
  if (colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket)) {
    const std::string_view digits = host.substr(colon + 1);
    std::from_chars(digits.data(), digits.data() + digits.size(), parts.port);
    host = host.substr(0, colon);
  }
  if (host.size() >= 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  }
  parts.host = std::string(host);
  return parts;
}

std::string masked_url(std::string_view url) {
  const Authority authority = authority_of(url);
  if (authority.begin == std::string_view::npos) {
    return masked_values(std::string(url), "password=", " \t");
  }
  std::string masked(url);
  // Up to the last '@' of all: a password with an unescaped '/' must not show either.
  const std::size_t at = url.rfind('@');
  const std::size_t colon = url.find(':', authority.begin);
  if (at != std::string_view::npos && colon < at) {
    masked.replace(colon + 1, at - colon - 1, kMask);
  } else if (at != std::string_view::npos && is_nats(url.substr(0, authority.begin - 3))) {
    masked.replace(authority.begin, at - authority.begin, kMask);
  }
  return masked_values(std::move(masked), "password=", "&#");
}

std::string with_database(std::string_view url, std::string_view name) {
  const Authority authority = authority_of(url);
  if (authority.begin == std::string_view::npos) {
    return std::string(url) + " dbname=" + std::string(name);  // the last one counts
  }
  const std::size_t path_end = std::min(url.find_first_of("?#", authority.end), url.size());
  return std::string(url.substr(0, authority.end)) + "/" + std::string(name) +
         std::string(url.substr(path_end));
}

}  // namespace harness
