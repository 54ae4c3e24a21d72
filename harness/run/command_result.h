// The verdict on a command: its exit code, and the cases that its TAP output or its JUnit file
// tells. Pure.
//
// The two must agree. Where they do not (a code of 0 beside a failed case, a code of 1 beside none,
// fewer cases than the plan says, a file that was not written), the command itself is red and says
// which two disagree; its cases keep what was told of them.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "harness/config/config.h"
#include "harness/process/process.h"
#include "harness/run/judgement.h"

namespace harness {

struct CommandCase {
  std::string name;
  Judgement judgement;
  double duration_ms = 0;
};

// What a source tells, and why it is not to be believed as a whole; empty where it is.
struct CaseList {
  std::vector<CommandCase> cases;
  std::string trouble;
  std::string skipped;  // the whole of it was left out, with this reason
};

// TAP 12 to 14. Indented lines belong to a subtest, whose own line at the margin sums it up.
// `redactor` may be null.
CaseList read_tap(std::string_view text, const redact::Redactor* redactor = nullptr);
CaseList read_junit(const std::string& xml, const redact::Redactor* redactor = nullptr);

struct CommandRun {
  CommandResults results = CommandResults::kExitCode;
  ExitStatus status;
  std::string out_of_memory = {};              // Child::End's
  std::optional<std::string> source = {};      // the TAP text or the file's; none: there is none
  std::string source_name = {};                // "TAP", or the file's name
  bool too_long = false;                       // the source is over its limit
  const redact::Redactor* redactor = nullptr;  // for what the source says; may stay null
};

struct CommandJudgement {
  Judgement command;
  std::vector<CommandCase> cases;  // their names are unique
};

CommandJudgement judge_command(const CommandRun& run);

inline constexpr std::size_t kCaseSourceBytesMax = 32 * 1024 * 1024;
inline constexpr std::size_t kCommandCasesMax = 100'000;

}  // namespace harness
