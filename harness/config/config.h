// config: from harness.yaml (contracts 7) and flags to one checked value.
//
// Every mistake is an error with file:line:column, the value, what was expected and the nearest
// right key. May include: common/{base,yaml}, harness/suite.
#pragma once

#include <chrono>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "common/base/env.h"
#include "common/base/error.h"
#include "harness/suite/test_case.h"

namespace harness {

using Pairs = std::vector<std::pair<std::string, std::string>>;

enum class ServiceKind { kPostgres, kRedis, kMockllm, kHttp };
std::string_view name_of(ServiceKind kind);

// How the harness starts a service itself. Which fields apply depends on the kind.
struct LocalService {
  std::string database;          // postgres
  std::string fixtures;          // mockllm, relative to the file
  std::string cassettes;         // mockllm
  std::vector<std::string> run;  // http: argv
  std::string ready = "/";       // http: a path that answers 2xx; also asked where url_env is set
  std::string directory;         // http: working folder, relative to the file
};

struct ServiceConfig {
  std::string name;
  ServiceKind kind = ServiceKind::kHttp;
  std::string url_env;  // this variable set: that server is used, never started or stopped
  std::string key_env;  // mockllm: the key of an application that we do not start
  std::optional<LocalService> local;
  std::vector<std::string> needs;
  Pairs env;  // of a local http service; values may hold ${service.url|base_url|key|host|port}
  bool unattributed_warn = false;  // mockllm: `unattributed: warn`
  std::chrono::milliseconds ready_timeout{60'000};
  std::string place;  // file:line:column, for errors that show up later
};

struct SecretConfig {
  std::string name;
  std::string env;  // one of the two
  std::string file;
  bool multiline = false;
  std::string place;
};

struct MigrationsConfig {
  std::string service;
  std::string directory;
  std::string place;
};

enum class SessionMode { kAlias, kCarried };

// What tells the cases of a suite that is a command; its exit code always has to agree.
inline constexpr std::string_view kJunitReference = "${junit}";  // in `run`
enum class CommandResults { kExitCode, kTap, kJunit };

struct SuiteConfig {
  std::string name;
  SuiteKind kind = SuiteKind::kGoogleTest;
  std::string path;              // relative to the file, or as the flag has it
  std::vector<std::string> run;  // command: argv; ${junit} is a private file
  CommandResults results = CommandResults::kExitCode;
  std::string report;     // command: the JUnit file that it writes, where it cannot be told which
  std::string directory;  // command: working folder, relative to the file
  std::optional<std::chrono::milliseconds> timeout;  // of one test
  std::optional<int> retry;                          // more attempts of a red test
  std::vector<std::string> uses;
  std::vector<std::string> tags;  // of each of its tests, for --filter
  SessionMode session = SessionMode::kAlias;
  bool expects_misses = false;
  bool environment_declared = false;  // `environment: declared`
  Pairs env;
  std::string place;
};

// Tests that may be red until a day, and who sees to it that they are not.
struct QuarantineConfig {
  std::string tests;  // an expression, as for --filter
  std::string owner;
  std::string until;  // "2026-12-31", the last day
  std::string reason;
  std::string place;
};

enum class LlmChoice { kMock, kReal, kAuto };

// One value as a run will use it, and where it comes from: file:line:column, or "default".
struct Setting {
  std::string name;  // "limits.test"
  std::string value;
  std::string origin;
};

struct Config {
  std::string name = "run";
  std::string file;                     // empty where there is none
  std::string directory;                // what its relative paths start from
  std::vector<ServiceConfig> services;  // in an order in which each comes after its needs
  std::vector<SecretConfig> secrets;
  std::optional<MigrationsConfig> migrations;
  LlmChoice llm = LlmChoice::kAuto;
  std::vector<SuiteConfig> suites;
  std::vector<QuarantineConfig> quarantine;
  std::chrono::milliseconds test_timeout{60'000};
  int retry = 0;  // of suites that do not say
  std::chrono::milliseconds run_timeout{20 * 60'000};
  std::string report_directory = "build/reports";
  std::vector<Setting> settings;  // of the file; for `harness doctor`

  [[nodiscard]] const ServiceConfig* service(std::string_view name) const;
  // The service and everything it needs, directly or not.
  [[nodiscard]] std::vector<const ServiceConfig*> needs_of(
      const std::vector<std::string>& names) const;
};

// Letters, digits and ._-: suites' names end up in file names and ids.
bool is_suite_name(std::string_view name);

base::Result<Config> load_config(const std::string& path);
base::Result<Config> parse_config(std::string name, std::string_view text);

// Puts the values of "${service.attribute}" into `text`. kInvalidInput names the reference that has
// no value.
using Values =
    std::map<std::string, std::string, std::less<>>;  // "postgres.url" -> "postgresql://..."
base::Result<std::string> substitute(std::string_view text, const Values& values);

}  // namespace harness
