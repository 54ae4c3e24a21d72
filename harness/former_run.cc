#include "harness/former_run.h"

#include <utility>

#include "harness/verdict/results.h"

namespace harness {

base::Result<std::optional<std::set<std::string>>> tests_to_rerun(
    bool wanted, const std::string& report_directory) {
  if (!wanted) {
    return std::optional<std::set<std::string>>();
  }
  const base::Result<JournalText> journal = read_journal(report_directory + "/journal.jsonl");
  if (!journal) {
    return base::not_found("--rerun-failed: no former run in " + report_directory + ": " +
                           journal.error().message);
  }
  const RunResults results = collect(journal->records);
  if (!results.listed) {
    return base::not_found("--rerun-failed: the run in " + report_directory +
                           " ended before it had a list of tests");
  }
  std::set<std::string> red;
  for (const TestResult& result : results.tests) {
    if (is_red(result.outcome) || result.outcome == Outcome::kFlaky) {
      red.insert(result.test.id());
    }
  }
  return std::optional(std::move(red));
}

std::optional<std::set<std::string>> ids_shown_as(const std::optional<std::set<std::string>>& names,
                                                  const std::vector<TestCase>& tests,
                                                  Journal& journal) {
  std::set<std::string> ids;
  for (const TestCase& test : tests) {
    const std::string shown = journal.shown(test.id());
    if (names && names->contains(shown)) {
      ids.insert(test.id());
    }
  }
  return names ? std::optional(std::move(ids)) : std::nullopt;
}

}  // namespace harness
