// The values of a ci/config.yaml, and the harness.yaml that they make. Private to the room.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/error.h"

namespace harness {

// What has no equal: "ci/config.yaml:3:3: service.namespace: give it to `harness launch`".
using Notes = std::vector<std::string>;

struct CiConfig {
  std::string service;
  std::chrono::seconds timeout{0};  // of the whole run; none where 0
  std::string command;              // test.command
  std::vector<std::string> patterns;
  std::chrono::seconds wait_timeout{0};
  std::string health_endpoint;
  bool wants_application = true;  // false: diagnostics say not to ask it
  bool wants_database = true;     // likewise
  bool postgres = false;
  bool redis = false;
  bool nats = false;
  bool llm = false;
  std::string not_parallel;           // the place of test.parallel: false
  std::optional<bool> mock_llm;       // env.USE_MOCK_LLM
  std::vector<std::string> external;  // other services: each is found by its variable
  std::vector<std::pair<std::string, std::string>> env;
  std::vector<std::string> secrets;  // variables of env whose names say that they are secret
  Notes notes;
};

// `name` is what places call the file. All mistakes are told at once.
base::Result<CiConfig> read_ci_config(const std::string& name, std::string_view text);

// What lies beside the file.
struct CiProject {
  bool has_run_script = false;  // scripts/ci/run.sh
  bool has_migrations = false;  // migrations/*.up.sql
};

inline constexpr std::string_view kCiRunScript = "scripts/ci/run.sh";
inline constexpr std::string_view kCiMigrations = "migrations";

// The file's text; `config.notes` gets what only the whole tells.
std::string harness_yaml_of(CiConfig& config, const CiProject& project);

}  // namespace harness
