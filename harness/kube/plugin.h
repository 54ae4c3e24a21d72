// A credential plugin: a program that prints who we are (client.authentication.k8s.io).
#pragma once

#include <chrono>
#include <mutex>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "common/base/clock.h"
#include "common/base/error.h"

namespace harness {

struct KubePluginSpec {
  std::vector<std::string> command;
  std::vector<std::string> environment;  // "NAME=value", all of it
  std::string api_version;
  std::string install_hint;
  nlohmann::json cluster;  // for KUBERNETES_EXEC_INFO where the plugin asks for it; else null
  std::chrono::milliseconds time_limit{30'000};
};

// What a plugin answered.
struct KubePluginAnswer {
  std::string token;
  std::string client_certificate;  // PEM, with client_key
  std::string client_key;
  std::optional<base::WallTime> expires;
};

// Thread-safe. One thread runs the program, the others wait for its answer.
class KubePlugin {
 public:
  explicit KubePlugin(KubePluginSpec spec) : spec_(std::move(spec)) {}

  // From the cache until shortly before it expires. No error repeats what the program printed
  // where a secret may stand.
  base::Result<KubePluginAnswer> answer(const base::Clock& clock);
  // The server did not believe it: the next answer() runs the program, unless another thread has.
  void forget(const std::string& token);

 private:
  base::Result<KubePluginAnswer> run(const base::Clock& clock) const;

  const KubePluginSpec spec_;
  std::mutex mutex_;
  std::optional<KubePluginAnswer> cached_;  // guarded by mutex_
};

// "2026-11-22T10:00:00Z", "2026-11-22T12:00:00.5+02:00".
std::optional<base::WallTime> parse_rfc3339(std::string_view text);

base::Result<KubePluginAnswer> parse_plugin_answer(std::string_view output,
                                                   const std::string& api_version);

}  // namespace harness
