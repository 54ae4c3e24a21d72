#include <nlohmann/json.hpp>

#include "common/base/file.h"
#include "common/base/text.h"
#include "harness/discover/pytest_plugin.h"
#include "harness/process/process.h"
#include "harness/process/strays.h"
#include "harness/selection.h"
#include "harness/service/base_environment.h"
#include "harness/session.h"
#include "harness/suite/exit_code.h"

namespace harness {
namespace {

using nlohmann::ordered_json;

std::string as_json(const Plan& plan, const Discovery& discovery) {
  ordered_json tests = ordered_json::array();
  for (const TestCase& test : plan.selected) {
    tests.push_back({{"id", test.id()},
                     {"suite", test.suite},
                     {"name", test.name},
                     {"file", test.file},
                     {"line", test.line},
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

std::string as_table(const Plan& plan) {
  std::size_t width = 0;
  for (const TestCase& test : plan.selected) {
    width = std::max(width, test.id().size());
  }
  std::string out;
  for (const TestCase& test : plan.selected) {
    const std::string id = base::printable(test.id());
    const std::string place =
        test.file.empty() ? "" : test.file + (test.line > 0 ? ":" + std::to_string(test.line) : "");
    out += id + std::string(id.size() < width ? width - id.size() : 0, ' ') + "  " +
           base::printable(place) +
           (test.disabled ? "  (not run: " + base::printable(test.note) + ")" : "") + "\n";
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
  const Plan plan =
      make_plan(discovery.tests, *config, options.selection.filter, options.selection.shard);
  (void)base::write_all(context.out, context.json ? as_json(plan, discovery) : as_table(plan));
  for (const DiscoveryProblem& problem : discovery.problems) {
    say("discovery_error " + problem.suite + " (" + base::printable(problem.path) +
        "): " + problem.reason);
    if (!problem.output.empty() && !context.json) {
      say(base::shortened(problem.output, 4'096));
    }
  }
  for (const std::string& suite : discovery.empty_suites) {
    say("suite " + suite + " lists no test");
  }
  return code_of(code_of_list(plan, discovery));
}

}  // namespace harness
