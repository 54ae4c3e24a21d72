// What the harness ends with: the public contract of its exit codes, never renumbered.
#pragma once

namespace harness {

enum class ExitCode : int {
  kPassed = 0,
  kTestsFailed = 1,       // any red outcome but those below, and unattributed calls
  kUsage = 2,             // flags or configuration
  kNothingToRun = 3,      // nothing selected, or a named suite lists no test
  kNothingListed = 4,     // no suite could be listed
  kFlakyOnly = 5,         // tests passed, but not at the first attempt
  kServiceNotReady = 10,  // not in time, or `environment` failures and nothing else red
  kServiceRefused = 11,   // for good: a wrong password
  kMigrationFailed = 12,
  kSecretMissing = 13,  // or malformed
  kInterrupted = 20,
  kOutOfTime = 21,
  kShardsDoNotAddUp = 22,
  kInternalError = 30,
  kNotDelivered = 31,
};

constexpr int code_of(ExitCode code) {
  return static_cast<int>(code);
}

}  // namespace harness
