// suite: the neutral values that every later room speaks: what a test is, what became of it.
//
// May include: common/base.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace harness {

enum class SuiteKind { kGoogleTest, kPytest, kCommand };
std::string_view name_of(SuiteKind kind);

// What the list holds of a suite that is a command: the command itself. Its cases are known when it
// has run.
inline constexpr std::string_view kCommandTest = "command";

// One test of the list. Its id is "<suite>/<name>" (contracts 2).
struct TestCase {
  std::string suite;
  std::string name;  // "Suite.Name" for GoogleTest; the nodeid under the suite's path for pytest;
                     // kCommandTest, or what its results call it, for a command
  std::string file = {};  // where known, relative to the checkout
  int line = 0;           // 0: not known
  bool disabled =
      false;  // listed, not run: GoogleTest's DISABLED_, a module that skips itself at import
  std::string note = {};               // why it is disabled, where that is known
  std::vector<std::string> tags = {};  // its suite's, and the markers of pytest

  [[nodiscard]] std::string id() const { return suite + "/" + name; }
};

// The order is that of `counts` in verdict.json (contracts 8).
enum class Outcome {
  kPassed,
  kFailed,
  kCrashed,
  kTimedOut,
  kSkipped,
  kXfailed,
  kXpassed,
  kFlaky,
  kEnvironment,
  kVanished,
  kNotRun,
  kDiscoveryError,
  kLlmMiss,
};
inline constexpr std::array kOutcomes{
    Outcome::kPassed,      Outcome::kFailed,   Outcome::kCrashed, Outcome::kTimedOut,
    Outcome::kSkipped,     Outcome::kXfailed,  Outcome::kXpassed, Outcome::kFlaky,
    Outcome::kEnvironment, Outcome::kVanished, Outcome::kNotRun,  Outcome::kDiscoveryError,
    Outcome::kLlmMiss};
std::string_view name_of(Outcome outcome);  // "timed_out", as in verdict.json
std::optional<Outcome> outcome_named(std::string_view name);

// Makes a run red, except by the rules about a whole run (contracts 8).
[[nodiscard]] bool is_red(Outcome outcome);

// One failed assertion or the reason of a skip.
struct Failure {
  std::string message;  // one line
  std::string text;     // all of it, redacted and capped
  std::string file;
  int line = 0;
};

}  // namespace harness
