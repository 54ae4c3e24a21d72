#include "harness/run_history.h"

#include <utility>

#include "harness/history/recent.h"

namespace harness {
namespace {

// What GitHub calls a workflow's run: the same in all jobs of a matrix, and when some of them are
// run again.
constexpr const char* kGithubRun = "GITHUB_RUN_ID";

// Two shards that ask the history by themselves would know different runs: one that ends is kept
// before another begins.
base::Result<std::string> run_of_shards(const DurationsSource& durations,
                                        const base::Environment& environment) {
  if (!durations.run.empty()) {
    return durations.run;
  }
  if (environment.has(kGithubRun)) {
    return *environment.get(kGithubRun);
  }
  return base::invalid_input(
      "--durations history: nothing says of which run this is a shard (" + std::string(kGithubRun) +
      " is not set): say --durations history:NAME, the same in every shard and in no other run");
}

}  // namespace

base::Result<std::optional<RunHistory>> history_of(const SelectionOptions& selection,
                                                   const Config& config,
                                                   const base::Environment& environment) {
  const DurationsSource& durations = selection.durations;
  const std::string& variable = config.history_url_env;
  if (variable.empty() || !environment.has(variable)) {
    if (durations.history) {
      return base::invalid_input("--durations history: " +
                                 (variable.empty()
                                      ? selection.config.path + " names no history: {url_env: NAME}"
                                      : variable + ", the history's URL, is not set"));
    }
    return std::optional<RunHistory>();
  }
  RunHistory history{
      *environment.get(variable), config.name, revision_of(environment, config.directory), {}};
  if (durations.history && selection.shard.count > 1) {
    base::Result<std::string> run = run_of_shards(durations, environment);
    if (!run) {
      return std::move(run).error();
    }
    history.shards_of = std::move(*run);
  }
  return std::optional(std::move(history));
}

base::Result<std::string> ask(const RunHistory& history, const base::Clock& clock,
                              PlanChoices& choices, std::optional<PastTests>& past) {
  const bool divides = !history.shards_of.empty();
  base::Result<PastTests> told =
      read_recent({history.url, history.project, history.revision.branch, history.shards_of}, clock,
                  clock.mono() + kRecentTimeMax);
  if (!told && divides) {
    return std::move(told).error().within("--durations history");
  }
  if (!told) {
    return "without the history: " + told.error().message;
  }
  if (past) {
    add_told(*told, *past);
  }
  std::string said = "the history knows " + std::to_string(told->size()) + " tests";
  if (divides) {
    choices.durations = std::move(*told);
  }
  return said;
}

ExitCode code_without_history(const base::Error& error) {
  return error.kind == base::ErrorKind::kInvalidInput ? ExitCode::kUsage
                                                      : ExitCode::kServiceNotReady;
}

}  // namespace harness
