#include <algorithm>
#include <array>

#include <nlohmann/json.hpp>

#include "common/base/check.h"
#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/discover/pytest_plugin.h"
#include "harness/process/process.h"
#include "harness/process/strays.h"
#include "harness/run_history.h"
#include "harness/secret/secret.h"
#include "harness/selection.h"
#include "harness/service/base_environment.h"
#include "harness/session.h"
#include "harness/suite/exit_code.h"
#include "harness/verbs/output.h"
#include "harness/verbs/verb.h"

namespace harness {
namespace {

using nlohmann::ordered_json;

std::string_view kind_of(const TestCase& test, const Config& config) {
  const auto suite = std::find_if(config.suites.begin(), config.suites.end(),
                                  [&](const SuiteConfig& s) { return s.name == test.suite; });
  CHECK(suite != config.suites.end());
  return name_of(suite->kind);
}

std::string as_json(const Plan& plan, const Discovery& discovery, const Config& config) {
  ordered_json tests = ordered_json::array();
  for (const TestCase& test : plan.selected) {
    tests.push_back({{"id", test.id()},
                     {"suite", test.suite},
                     {"kind", kind_of(test, config)},
                     {"name", test.name},
                     {"file", test.file},
                     {"line", test.line},
                     {"tags", test.tags},
                     {"disabled", test.disabled}});
  }
  ordered_json problems = ordered_json::array();
  for (const DiscoveryProblem& problem : discovery.problems) {
    problems.push_back({{"suite", problem.suite},
                        {"path", problem.path},
                        {"reason", problem.reason},
                        {"output", problem.output}});
  }
  const ordered_json out = {{"tests", tests},
                            {"problems", problems},
                            {"empty_suites", discovery.empty_suites},
                            {"list_sha256", plan.list_sha256}};
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

// A line per test: id, kind, tags, place; columns as wide as the widest, and no heading, so that
// line tools can read it.
std::string as_table(const Plan& plan, const Config& config) {
  constexpr std::size_t kColumns = 4;
  std::vector<std::array<std::string, kColumns>> rows;
  std::array<std::size_t, kColumns> widths{};
  for (const TestCase& test : plan.selected) {
    const std::string line = test.line > 0 ? ":" + std::to_string(test.line) : "";
    const std::string tags = base::join(test.tags, ",");
    rows.push_back({base::printable(test.id()), std::string(kind_of(test, config)),
                    tags.empty() ? "-" : base::printable(tags),
                    (test.file.empty() ? "-" : base::printable(test.file) + line) +
                        (test.disabled ? "  (not run: " + base::printable(test.note) + ")" : "")});
    for (std::size_t i = 0; i < kColumns; ++i) {
      widths[i] = std::max(widths[i], rows.back()[i].size());
    }
  }
  std::string out;
  for (const auto& row : rows) {
    for (std::size_t i = 0; i + 1 < kColumns; ++i) {
      out += row[i] + std::string(widths[i] - row[i].size() + 2, ' ');
    }
    out += row.back() + "\n";
  }
  return out;
}

ExitCode code_of_list(const Plan& plan, const Discovery& discovery) {
  if (!discovery.problems.empty()) {
    return discovery.tests.empty() ? ExitCode::kNothingListed : ExitCode::kTestsFailed;
  }
  return plan.selected.empty() || !discovery.empty_suites.empty() ? ExitCode::kNothingToRun
                                                                  : ExitCode::kPassed;
}

// A list is in its own order: it asks for shards alone.
base::Result<void> divide_by_history(const SelectionOptions& selection, const Config& config,
                                     const SessionContext& context, PlanChoices& choices) {
  const base::Result<std::optional<RunHistory>> history =
      history_of(selection, config, context.environment);
  if (!history) {
    return history.error();
  }
  if (*history && !(*history)->shards_of.empty()) {
    std::optional<PastTests> unordered;
    const base::Result<std::string> said = ask(**history, context.clock, choices, unordered);
    if (!said) {
      return said.error();
    }
  }
  return {};
}

}  // namespace

int list_session(const ListOptions& options, const SessionContext& context) {
  const auto say = [&](const std::string& text) {
    (void)base::write_all(context.err, text + "\n");
  };
  base::Result<Config> config = load_selection(options.selection);
  if (!config) {
    say("harness: " + config.error().message);
    return code_of(ExitCode::kUsage);
  }
  base::Result<PlanChoices> choices = choices_of(options.selection, *config);
  if (!choices) {
    say("harness: " + choices.error().message);
    return code_of(ExitCode::kUsage);
  }
  if (const base::Result<void> divided =
          divide_by_history(options.selection, *config, context, *choices);
      !divided) {
    say("harness: " + divided.error().message);
    return code_of(code_without_history(divided.error()));
  }
  base::Result<base::TemporaryDirectory> folder = base::TemporaryDirectory::make("drydock-");
  if (!folder || !write_pytest_plugin(folder->path().string()) || !become_subreaper()) {
    say("harness: cannot prepare: " +
        (folder ? folder->path().string() + " is not writable" : folder.error().message));
    return code_of(ExitCode::kInternalError);
  }
  DiscoveryContext discovery_context{context.clock,
                                     base_environment(context.environment).entries(),
                                     config->directory,
                                     folder->path().string(),
                                     options.selection.python,
                                     options.selection.test_timeout.value_or(config->test_timeout),
                                     context.stop_fd};
  const Discovery discovery = discover_all(*config, discovery_context);
  reap_strays({});
  if (discovery.interrupted) {
    return code_of(ExitCode::kInterrupted);
  }
  const Plan plan = make_plan(discovery.tests, *config, *choices);
  // A parameter of a test may be a secret, and a suite that cannot be listed says what it likes.
  const auto redactor = make_redactor(
      known_secrets(with_variables(config->secrets, options.secret_variables), context.environment),
      {}, context.environment);
  if (!redactor) {
    say("harness: nothing can be shown: " + redactor.error().message);
    return code_of(ExitCode::kSecretMissing);
  }
  const int told = write_data(context.out, context.err,
                              (*redactor)->apply(context.json ? as_json(plan, discovery, *config)
                                                              : as_table(plan, *config)));
  for (const DiscoveryProblem& problem : discovery.problems) {
    say((*redactor)->apply("discovery_error " + problem.suite + " (" +
                           base::printable(problem.path) + "): " + problem.reason));
    if (!problem.output.empty() && !context.json) {
      say(base::shortened((*redactor)->apply(problem.output), 4'096));
    }
  }
  for (const std::string& suite : discovery.empty_suites) {
    say("suite " + suite + " lists no test");
  }
  return told != kVerbOk ? told : code_of(code_of_list(plan, discovery));
}

}  // namespace harness
