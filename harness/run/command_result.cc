#include "harness/run/command_result.h"

#include <algorithm>
#include <set>

#include "common/base/text.h"

namespace harness {
namespace {

constexpr std::size_t kNameBytesMax = 500;

Judgement red(Outcome outcome, const std::string& reason) {
  return {outcome, reason, {{reason, reason, "", 0}}, false};
}

std::string counted(std::size_t count, const std::string& of) {
  return std::to_string(count) + " of its " + of;
}

// A name twice would be one test in every report: the second becomes "name #2".
void make_names_unique(std::vector<CommandCase>& cases, const redact::Redactor* redactor) {
  std::set<std::string> taken{std::string(kCommandTest)};
  for (CommandCase& entry : cases) {
    entry.name = base::shortened(base::printable(cleaned(entry.name, redactor)), kNameBytesMax);
    const std::string name = entry.name;
    for (int i = 2; !taken.insert(entry.name).second; ++i) {
      entry.name = name + " #" + std::to_string(i);
    }
  }
}

// What the exit code alone says.
Judgement judge_exit(const CommandRun& run) {
  if (run.status.clean()) {
    return {};
  }
  return red(run.status.signal != 0 ? Outcome::kCrashed : Outcome::kFailed,
             ending_of(run.status, run.out_of_memory, ""));
}

// The two sources against each other.
Judgement judge_both(const CommandRun& run, const CaseList& list) {
  const std::string exit = to_string(run.status);
  if (!list.trouble.empty()) {
    return red(Outcome::kFailed, run.source_name + ": " + list.trouble + " (" + exit + ")");
  }
  const auto red_cases =
      std::count_if(list.cases.begin(), list.cases.end(),
                    [](const CommandCase& entry) { return is_red(entry.judgement.outcome); });
  const std::string all =
      std::to_string(list.cases.size()) + (list.cases.size() == 1 ? " case" : " cases");
  if (run.status.clean() && red_cases > 0) {
    return red(Outcome::kFailed, "exit code 0 and " + run.source_name + " disagree: " +
                                     counted(static_cast<std::size_t>(red_cases), all) + " failed");
  }
  if (!run.status.clean() && red_cases == 0) {
    return red(Outcome::kFailed,
               exit + " and " + run.source_name + " disagree: none of its " + all + " failed");
  }
  if (list.cases.empty()) {
    if (!list.skipped.empty()) {
      return {Outcome::kSkipped, list.skipped, {}, false};
    }
    return red(Outcome::kFailed, run.source_name + " has no case");
  }
  return {};
}

}  // namespace

CommandJudgement judge_command(const CommandRun& run) {
  CommandJudgement judgement;
  if (run.results == CommandResults::kExitCode) {
    judgement.command = judge_exit(run);
    return judgement;
  }
  CaseList list;
  if (run.source) {
    list = run.results == CommandResults::kTap ? read_tap(*run.source, run.redactor)
                                               : read_junit(*run.source, run.redactor);
    make_names_unique(list.cases, run.redactor);
  }
  if (run.status.signal != 0) {
    judgement.command = judge_exit(run);
    // What a JUnit file says of a process that was killed, nobody can tell; TAP came while it ran.
    judgement.cases =
        run.results == CommandResults::kTap ? std::move(list.cases) : std::vector<CommandCase>();
    return judgement;
  }
  if (run.too_long) {
    list.trouble = "longer than " + std::to_string(kCaseSourceBytesMax >> 20U) + " MiB";
  } else if (!run.source) {
    list.trouble = "it was not written";
  }
  judgement.command = judge_both(run, list);
  judgement.cases = std::move(list.cases);
  return judgement;
}

}  // namespace harness
