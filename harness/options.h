// The command line of the harness (contracts 6): the only place that reads argv.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "harness/launch/launch.h"
#include "harness/plan/filter.h"
#include "harness/plan/plan.h"
#include "harness/review/review.h"
#include "harness/setup/import.h"
#include "harness/setup/init.h"
#include "harness/verbs/doctor.h"
#include "harness/verbs/journal.h"
#include "harness/verbs/migrate.h"
#include "harness/verbs/mode.h"
#include "harness/verbs/preflight.h"
#include "harness/verbs/secrets.h"
#include "harness/verbs/services.h"
#include "harness/verbs/wait.h"

namespace harness {

// --durations: what shards are made from. None: a hash of names.
struct DurationsSource {
  std::string path = {};  // a former run
  bool history = false;   // the history of the file, in place of a path
  std::string run = {};   // of which all shards have this name; empty: as the environment says
};

// What `run` and `list` have in common: which tests.
struct SelectionOptions {
  ConfigSource config = {};
  std::vector<std::string> gtest = {};  // --gtest: in place of the file's suites, with --pytest
  std::vector<std::string> pytest = {};
  std::vector<std::string> commands = {};  // --command NAME=CMD
  Filter filter = {};
  Shard shard = {};
  DurationsSource durations = {};
  std::optional<std::chrono::milliseconds> test_timeout = {};
  std::string python = "python3";
};

struct RunOptions {
  SelectionOptions selection = {};
  std::optional<int> jobs = {};     // none: as many as CPUs may be used
  std::optional<int> retries = {};  // none: as the file has it
  int repeat = 1;
  bool until_fail = false;
  bool shuffle = false;
  std::optional<std::uint64_t> seed = {};  // of the shuffle; none: a new one
  std::optional<StartOrder> order = {};    // none: as the file has it
  bool rerun_failed = false;
  std::optional<int> fail_fast = {};
  std::optional<std::chrono::milliseconds> soft_timeout = {};  // none: as the file has it
  std::optional<std::chrono::milliseconds> run_timeout = {};
  std::optional<LlmChoice> llm = {};
  std::vector<std::string> secret_variables = {};
  std::string report_directory = {};  // empty: the file's
  std::string metrics_file = {};      // a copy of metrics.prom, where something collects such files
  std::string metrics_listen = {};    // HOST:PORT of /metrics while the run goes on
  std::string mockllm = {};           // empty: beside this program, else in PATH
};

struct ListOptions {
  SelectionOptions selection = {};
  std::vector<std::string> secret_variables = {};
};

struct ServicesDownOptions {
  ServicesOptions services = {};
};

// A text for the user and the code to end with, in place of a verb.
struct EndNow {
  int exit_code = 0;
  std::string text;  // stdout for 0, else stderr
};

struct CommandLine {
  std::variant<EndNow, RunOptions, ListOptions, WaitOptions, MigrateOptions, MigrateStatusOptions,
               DoctorOptions, ModeOptions, ServicesOptions, ServicesDownOptions, JournalOptions,
               LaunchOptions, SecretsOptions, ReportOptions, InitOptions, ImportOptions,
               PreflightOptions>
      verb;
  bool json = false;
};

CommandLine parse_command_line(int argc, const char* const* argv);

}  // namespace harness
