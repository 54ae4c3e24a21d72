#include <algorithm>
#include <cstddef>
#include <string>
#include <vector>

#include "common/base/text.h"
#include "common/http/client/client.h"
#include "harness/config/url.h"
#include "harness/ready/probe.h"

namespace harness {
namespace {

constexpr std::size_t kAnswerBytesMax = 64 * 1024;
constexpr std::size_t kShownBytesMax = 200;

// The first line of what the service said about itself that is not empty.
std::string said(const std::string& body) {
  const std::size_t begin = std::min(body.find_first_not_of(" \t\r\n"), body.size());
  const std::string line = body.substr(begin, body.find_first_of("\r\n", begin) - begin);
  return line.empty() ? "" : ": " + base::shortened(base::printable(line), kShownBytesMax);
}

ProbeResult from_error(const base::Error& error) {
  const bool not_http = error.kind == base::ErrorKind::kInvalidInput;
  return {not_http ? Readiness::kNever : Readiness::kNotYet, error.message};
}

}  // namespace

ProbeResult probe_http(const std::string& url, const std::string& path,
                       const std::vector<int>& fatal_statuses, std::chrono::milliseconds timeout) {
  const UrlParts parts = split_url(url);
  if (parts.scheme != "http" && parts.scheme != "https") {
    return {Readiness::kNever, "'" + masked_url(url) + "' is not an http:// or https:// URL"};
  }
  const http::ClientLimits limits{
      .connect_timeout = timeout, .read_timeout = timeout, .body_bytes_max = kAnswerBytesMax};
  base::Result<http::Client> client = http::Client::make(url, limits);
  if (!client) {
    return {Readiness::kNever, client.error().message};
  }
  http::ClientRequest request;
  request.path = path;
  const base::Result<http::ClientResponse> response = client->send(request);
  if (!response) {
    return from_error(response.error());
  }
  const std::string answered = "GET " + path + " answered " + std::to_string(response->status);
  if (response->status >= 200 && response->status < 300) {
    return {Readiness::kReady, answered};
  }
  const bool fatal = std::find(fatal_statuses.begin(), fatal_statuses.end(), response->status) !=
                     fatal_statuses.end();
  return {fatal ? Readiness::kNever : Readiness::kNotYet, answered + said(response->body)};
}

}  // namespace harness
