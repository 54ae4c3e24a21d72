// The handshake of the NATS client protocol by hand: four lines, where cnats would bring threads,
// reconnects and a cache of servers that a probe must not have.
#include <string>
#include <string_view>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/text.h"
#include "harness/config/url.h"
#include "harness/ready/line.h"
#include "harness/ready/probe.h"

namespace harness {
namespace {

using nlohmann::json;

constexpr int kDefaultPort = 4222;
constexpr std::size_t kReasonBytesMax = 200;
constexpr std::size_t kLinesMax = 64;  // of the server's, before the PONG

bool says(const json& info, const char* key) {
  return info.contains(key) && info[key].is_boolean() && info[key].get<bool>();
}

// Only its own limit passes by itself; what it says of our name, password or protocol stays true.
ProbeResult refused(std::string_view line) {
  std::string text(base::trimmed(line.substr(std::string_view("-ERR").size())));
  const std::string lower = base::to_lower(text);
  const bool passes = lower.find("maximum connections") != std::string::npos ||
                      lower.find("authentication timeout") != std::string::npos ||
                      lower.find("stale connection") != std::string::npos;
  return {passes ? Readiness::kNotYet : Readiness::kNever,
          base::shortened(base::printable(text), kReasonBytesMax)};
}

std::string connect_command(const UrlParts& parts) {
  json options{{"verbose", false}, {"pedantic", false},     {"tls_required", false},
               {"lang", "c++"},    {"version", "drydock"},  {"name", "drydock readiness"},
               {"protocol", 1},    {"no_responders", false}};
  if (!parts.user.empty()) {
    options["user"] = parts.user;
    options["pass"] = parts.password;
  } else if (!parts.password.empty()) {
    options["auth_token"] = parts.password;
  }
  return "CONNECT " + options.dump(-1, ' ', false, json::error_handler_t::replace) + "\r\nPING\r\n";
}

ProbeResult not_nats(std::string_view line) {
  return {Readiness::kNever, "does not speak NATS' protocol: " +
                                 base::shortened(base::printable(line), kReasonBytesMax)};
}

// PONG, -ERR, or lines that mean nothing here (an INFO again, +OK, PING).
ProbeResult read_answer(LineConnection& connection, const json& info) {
  for (std::size_t i = 0; i < kLinesMax; ++i) {
    const std::optional<std::string> line = connection.read_line();
    if (!line) {
      return *connection.failure();
    }
    if (*line == "PONG") {
      return {Readiness::kReady, says(info, "jetstream") ? "PONG, with JetStream" : "PONG"};
    }
    if (line->starts_with("-ERR")) {
      return refused(*line);
    }
    if (*line == "PING" && !connection.send("PONG\r\n")) {
      return *connection.failure();
    }
    if (!line->starts_with("INFO ") && *line != "+OK" && *line != "PING") {
      return not_nats(*line);
    }
  }
  return not_nats("no PONG");
}

}  // namespace

ProbeResult probe_nats(const std::string& url, std::chrono::milliseconds timeout) {
  const UrlParts parts = split_url(url);
  if (parts.scheme == "tls") {
    return {Readiness::kNever, "tls:// is not supported yet"};
  }
  if (parts.scheme != "nats" || parts.host.empty() || url.find(',') != std::string::npos) {
    return {Readiness::kNever,
            "'" + masked_url(url) + "' is not nats://[user:password@|token@]host[:port]"};
  }
  LineConnection connection(parts.host, parts.port == 0 ? kDefaultPort : parts.port,
                            LineConnection::Clock::now() + timeout);
  const std::optional<std::string> greeting = connection.read_line();
  if (!greeting) {
    return *connection.failure();
  }
  if (greeting->starts_with("-ERR")) {
    return refused(*greeting);
  }
  const json info =
      greeting->starts_with("INFO ") ? json::parse(greeting->substr(5), nullptr, false) : json();
  if (!info.is_object()) {
    return not_nats(*greeting);
  }
  if (says(info, "tls_required")) {
    return {Readiness::kNever, "it demands TLS, which is not supported yet"};
  }
  if (says(info, "ldm")) {
    return {Readiness::kNotYet, "it is about to end (lame duck mode)"};
  }
  if (!connection.send(connect_command(parts))) {
    return *connection.failure();
  }
  return read_answer(connection, info);
}

}  // namespace harness
