#include "harness/ready/told.h"

#include <algorithm>
#include <array>
#include <cstdio>
#include <string_view>

#include "common/base/text.h"
#include "harness/config/url.h"

namespace harness {
namespace {

constexpr std::size_t kHistoryLinesMax = 12;

// What a shell takes as one word.
std::string word(std::string_view text) {
  const bool plain = !text.empty() && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-./:=,@%+").find(c) != std::string_view::npos;
  });
  if (plain) {
    return std::string(text);
  }
  std::string out = "'";
  for (const char c : text) {
    out += c == '\'' ? std::string("'\\''") : std::string(1, c);
  }
  return out + "'";
}

std::string words(const std::vector<std::string>& argv) {
  std::vector<std::string> quoted;
  quoted.reserve(argv.size());
  for (const std::string& argument : argv) {
    quoted.push_back(word(argument));
  }
  return base::join(quoted, " ");
}

std::string object_name(const ClusterObject& object) {
  return object.kind + "/" + object.name;
}

std::vector<std::string> of_cluster(const ClusterObject& object) {
  std::string kubectl = "kubectl";
  for (const auto& [flag, value] :
       {std::pair("--kubeconfig", object.kubeconfig), std::pair("--context", object.context),
        std::pair("--namespace", object.namespace_name)}) {
    if (!value.empty()) {
      kubectl += std::string(" ") + flag + " " + word(value);
    }
  }
  return {kubectl + " describe " + object_name(object),
          kubectl + " get events --sort-by=.lastTimestamp"};
}

// "$DATABASE_URL" where a variable has the URL; else the URL without its password.
std::string url_word(const ServiceConfig& service, const std::string& url) {
  return service.url_env.empty() ? word(masked_url(url)) : "\"$" + service.url_env + "\"";
}

std::string whether_it_listens(const std::string& url, int default_port) {
  const UrlParts parts = split_url(url);
  const int port = parts.port == 0 ? default_port : parts.port;
  return "nc -vz " + word(parts.host) + " " + std::to_string(port);
}

}  // namespace

std::string seconds(std::chrono::milliseconds time) {
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "%.1fs", static_cast<double>(time.count()) / 1'000);
  return text.data();
}

std::string whereabouts(const ServiceConfig& service, const std::string& url) {
  std::string text(name_of(service.kind));
  const ReadyConfig& ready = service.ready;
  switch (service.kind) {
    case ServiceKind::kFile:
      return text + " " + base::printable(ready.path);
    case ServiceKind::kCommand:
      return ready.run.empty() ? text : text + " " + base::printable(words(ready.run));
    case ServiceKind::kKubernetes:
      text += " " + object_name(ready.object);
      return ready.object.condition.empty() ? text : text + ", condition " + ready.object.condition;
    default:
      text += " at " + masked_url(url);
      return service.url_env.empty() ? text : text + " (" + service.url_env + ")";
  }
}

std::string history_lines(const std::vector<Observation>& history) {
  std::string lines;
  const std::size_t left_out = history.size() - std::min(history.size(), kHistoryLinesMax);
  if (left_out > 0) {
    lines = "  (" + std::to_string(left_out) + " earlier changes)\n";
  }
  for (std::size_t i = left_out; i < history.size(); ++i) {
    const Observation& seen = history[i];
    lines += "  " + seconds(seen.at) + "  " + std::string(name_of(seen.result.readiness)) + "  " +
             seen.result.reason +
             (seen.times > 1 ? " (" + std::to_string(seen.times) + " times)" : "") + "\n";
  }
  return lines;
}

std::vector<std::string> suggested_commands(const ServiceConfig& service, const std::string& url) {
  const std::string target = url_word(service, url);
  switch (service.kind) {
    case ServiceKind::kPostgres:
      return {"pg_isready --dbname=" + target,
              "psql " + target + " --command='SELECT pg_is_in_recovery()'"};
    case ServiceKind::kRedis:
    case ServiceKind::kDragonfly:
      return {"redis-cli -u " + target + " INFO replication", whether_it_listens(url, 6379)};
    case ServiceKind::kMockllm:
      return {"curl --include " + target + "/readyz"};
    case ServiceKind::kHttp:
      return {"curl --include " + target + word(service.ready.path)};
    case ServiceKind::kNats:
      return {"nats --server " + target + " account info", whether_it_listens(url, 4222)};
    case ServiceKind::kTcp:
      return {whether_it_listens(url, 0), "getent hosts " + word(split_url(url).host)};
    case ServiceKind::kFile:
      return {"ls -l " + word(service.ready.path)};
    case ServiceKind::kCommand:
      return service.ready.run.empty() ? std::vector<std::string>()
                                       : std::vector{words(service.ready.run)};
    case ServiceKind::kKubernetes:
      return of_cluster(service.ready.object);
  }
  return {};
}

std::string diagnosis(const ServiceConfig& service, const std::string& url,
                      const WaitReport& report) {
  std::string text = service.name + " is " + whereabouts(service, url) + "\n";
  if (!report.history.empty()) {
    text += "what it said, and when:\n" + history_lines(report.history);
  }
  const std::vector<std::string> commands = suggested_commands(service, url);
  if (!commands.empty()) {
    text += "to look further:\n";
  }
  for (const std::string& command : commands) {
    text += "  " + command + "\n";
  }
  return text;
}

}  // namespace harness
