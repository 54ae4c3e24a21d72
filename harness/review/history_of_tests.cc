#include <nlohmann/json.hpp>

#include "common/base/text.h"
#include "harness/history/database.h"
#include "harness/report/style.h"
#include "harness/review/verbs.h"

namespace harness {
namespace {

using nlohmann::ordered_json;

constexpr std::size_t kCommitShownMax = 12;

std::string as_json(const std::vector<TestHistory>& tests) {
  ordered_json out = ordered_json::array();
  for (const TestHistory& test : tests) {
    out.push_back({{"test", test.test},
                   {"runs", test.runs},
                   {"red", test.red},
                   {"flaky", test.flaky},
                   {"p50_ms", test.p50_ms},
                   {"p95_ms", test.p95_ms},
                   {"first_bad_commit", test.first_bad_commit},
                   {"first_bad_at", test.first_bad_at},
                   {"last_good_commit", test.last_good_commit}});
  }
  return out.dump(-1, ' ', false, ordered_json::error_handler_t::replace);
}

std::string shown(const std::string& commit) {
  return commit.empty() ? "a commit that is not known" : commit.substr(0, kCommitShownMax);
}

// A line for each test, its id last: it may have blanks.
std::string as_text(const std::vector<TestHistory>& tests) {
  std::string out = "runs  red  flaky  p50  p95  test";
  for (const TestHistory& test : tests) {
    out += "\n" + std::to_string(test.runs) + "  " + std::to_string(test.red) + "  " +
           std::to_string(test.flaky) + "  " + readable_ms(test.p50_ms) + "  " +
           readable_ms(test.p95_ms) + "  " + base::printable(test.test);
    if (!test.first_bad_at.empty()) {
      out += "\n      red since " + shown(base::printable(test.first_bad_commit)) + " (" +
             test.first_bad_at + ")";
      out += test.last_good_commit.empty()
                 ? ""
                 : ", last good " + shown(base::printable(test.last_good_commit));
    }
  }
  return out;
}

}  // namespace

int history_of_tests(const ReportHistory& options, const VerbContext& context) {
  const base::Result<Config> config = load_if_there(options.config);
  if (!config) {
    return no_run(config.error(), context);
  }
  if (config->history_url_env.empty()) {
    return no_run(base::invalid_input(options.config.path + " names no history: {url_env: NAME}"),
                  context);
  }
  const std::optional<std::string> url = context.environment.get(config->history_url_env);
  if (!url) {
    return no_run(base::invalid_input(config->history_url_env + ", the history's URL, is not set"),
                  context);
  }
  const base::Result<std::vector<TestHistory>> tests = read_history(
      *url, config->name, options.part, context.clock, context.clock.mono() + kHistoryTimeMax);
  if (!tests) {
    tell(context, "harness: the history cannot be read: " + tests.error().message);
    return kVerbNotReady;
  }
  print(context, context.json ? as_json(*tests) : as_text(*tests));
  return kVerbOk;
}

}  // namespace harness
