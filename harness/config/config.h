// config: from harness.yaml (contracts 7) and flags to one checked value.
//
// Every mistake is an error with file:line:column, the value, what was expected and the nearest
// right key. May include: common/{base,yaml}, harness/suite.
#pragma once

#include <chrono>
#include <cstddef>
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

enum class ServiceKind {
  kPostgres,
  kRedis,
  kDragonfly,
  kMockllm,
  kHttp,
  kNats,
  kTcp,
  kFile,
  kCommand,
  kKubernetes
};
inline constexpr std::size_t kServiceKinds = 10;
std::string_view name_of(ServiceKind kind);
// Whether it is reached by a URL: a file, a command and an object of a cluster are not.
bool has_url(ServiceKind kind);

// What each worker of a run has for itself of a service: nothing, a database of its own, or a
// prefix of its own for its keys.
enum class Isolation { kNone, kDatabase, kPrefix };
std::string_view name_of(Isolation isolation);

// How the harness starts a service itself. Which fields apply depends on the kind.
struct LocalService {
  std::string database;          // postgres
  std::string fixtures;          // mockllm, relative to the file
  std::string cassettes;         // mockllm
  std::vector<std::string> run;  // http, tcp, command: argv
  std::string directory;         // http, tcp, command: working folder, relative to the file
};

enum class ServerRole { kAny, kPrimary, kReplica };

// An object of a cluster, and what must be true of it.
struct ClusterObject {
  std::string kind;  // "deployment", or "externalsecrets.v1.external-secrets.io"
  std::string name;
  std::string condition;       // "Available"; empty: that it is there
  std::string namespace_name;  // empty: the context's
  std::string context;         // empty: the pod's service account
  std::string kubeconfig;      // empty: KUBECONFIG
};

// When a service counts as ready, and how long that may take. Which fields apply depends on the
// kind.
struct ReadyConfig {
  std::string path = "/";                           // http: answers 2xx; file: is there, not empty
  std::vector<int> fatal_statuses{401, 403};        // http: waiting does not change these
  std::vector<std::string> run;                     // command: argv that ends with 0
  std::chrono::milliseconds check_timeout{10'000};  // command: of one such try
  ServerRole role = ServerRole::kAny;               // postgres, redis, dragonfly
  long migration = 0;    // postgres: the number of a migration of ours that was applied; 0: none
  ClusterObject object;  // kubernetes
  std::chrono::milliseconds timeout{60'000};  // from when all that it needs is ready
  std::chrono::milliseconds stable_for{0};    // without a break
};

struct ServiceConfig {
  std::string name;
  ServiceKind kind = ServiceKind::kHttp;
  std::string url_env;  // this variable set: that server is used, never started or stopped
  std::string key_env;  // mockllm: the key of an application that we do not start
  std::optional<LocalService> local;
  std::vector<std::string> needs;
  Pairs env;  // of `local.run`; values may hold ${service.url|base_url|key|host|port}
  Isolation isolation = Isolation::kNone;  // postgres, redis
  bool unattributed_warn = false;          // mockllm: `unattributed: warn`
  ReadyConfig ready;
  std::string place;  // file:line:column, for errors that show up later
};

struct SecretConfig {
  std::string name;
  std::string env;  // one of the two
  std::string file;
  bool multiline = false;  // several lines are meant; of the shapes pem and json they are anyway
  std::string shape;       // one of secret_shapes(), or "/regular expression/"; empty: any
  bool may_be_placeholder = false;
  std::string place;
};

// What `shape` can name.
const std::vector<std::string>& secret_shapes();

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
  std::vector<std::string> shares;  // isolated services of which it has the shared one
  std::vector<std::string> tags;    // of each of its tests, for --filter
  SessionMode session = SessionMode::kAlias;
  bool expects_misses = false;
  bool environment_declared = false;  // `environment: declared`
  bool coverage = false;              // its coverage files are collected
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

// A tag of this start names a resource that the test shares with others.
inline constexpr std::string_view kSerialTag = "serial:";

// Tests that share a resource, and so never run at the same time.
struct SerialConfig {
  std::string resource;
  std::string tests;  // an expression, as for --filter
  std::string place;
};

// In which order processes start: by what is known of earlier runs, or as the tests are listed.
enum class StartOrder { kRecorded, kListed };

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
  std::vector<SerialConfig> serial;
  StartOrder order = StartOrder::kRecorded;
  std::chrono::milliseconds test_timeout{60'000};
  // After so much of its time a test's stacks are shown and it goes on; none: only at the limit.
  std::optional<std::chrono::milliseconds> soft_timeout;
  int retry = 0;  // of suites that do not say
  std::chrono::milliseconds run_timeout{20 * 60'000};
  std::string report_directory = "build/reports";
  std::string history_url_env;    // the variable with the URL of the history; empty: none is kept
  std::vector<Setting> settings;  // of the file; for `harness doctor`

  [[nodiscard]] const ServiceConfig* service(std::string_view name) const;
  // The service and everything it needs, directly or not.
  [[nodiscard]] std::vector<const ServiceConfig*> needs_of(
      const std::vector<std::string>& names) const;
};

// Whether a failure while it is away is the test's own doing (contracts 9): an application under
// test. All others are its environment.
bool is_application(const ServiceConfig& service);

// Whether it is somebody else's, used and never started: its variable is set, or it is a thing of a
// kind that has none.
bool is_found(const ServiceConfig& service, const base::Environment& environment);

// The isolated services that the applications of `suite` work in, each with the application's name:
// there is one of them for all workers, so such a suite has to share it.
std::vector<std::pair<std::string, std::string>> isolated_services_of_applications(
    const SuiteConfig& suite, const Config& config);

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
