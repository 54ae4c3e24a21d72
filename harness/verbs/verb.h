// verbs: what a person or a script asks of the harness beside a run: wait, migrate, mode, doctor,
// services, secrets, journal.
//
// Doors: one header per verb, each a function from plain options to an exit code of contracts 9.
// main parses the flags and hands the environment and the descriptors down. May include:
// common/{base,redact}, harness/{suite,config,mode,secret,process,ready,service,migrate,
// handover,kube}.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/env.h"
#include "common/base/error.h"
#include "harness/config/config.h"
#include "harness/suite/exit_code.h"

namespace harness {

// What every verb is handed. The references outlive the call.
struct VerbContext {
  const base::Environment& environment;
  const base::Clock& clock;
  int out = 1;        // for machines and pipes
  int err = 2;        // speech
  bool json = false;  // the data as one line of JSON
};

// Which file, and whether a flag named it: one that was named must be there.
struct ConfigSource {
  std::string path = "harness.yaml";
  bool named = false;
};

// Those of ExitCode that a verb can answer, as main returns them.
inline constexpr int kVerbOk = code_of(ExitCode::kPassed);
inline constexpr int kVerbUsage = code_of(ExitCode::kUsage);
inline constexpr int kVerbNotReady = code_of(ExitCode::kServiceNotReady);
inline constexpr int kVerbRefused = code_of(ExitCode::kServiceRefused);
inline constexpr int kVerbMigrationFailed = code_of(ExitCode::kMigrationFailed);
inline constexpr int kVerbSecretMissing = code_of(ExitCode::kSecretMissing);
inline constexpr int kVerbInterrupted = code_of(ExitCode::kInterrupted);

// A line of speech, a line of data. Where nobody reads any more there is nobody to tell.
void tell(const VerbContext& context, std::string_view line);
void print(const VerbContext& context, std::string_view line);

// The file, or an empty Config where there is none and no flag named it.
base::Result<Config> load_if_there(const ConfigSource& source);

// Where a path of the file is, written the way the file itself was named.
std::string path_beside(const Config& config, std::string_view path);

}  // namespace harness
