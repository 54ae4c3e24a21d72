#include "harness/history/former_run.h"

#include <filesystem>
#include <system_error>
#include <utility>

#include "harness/history/durations.h"
#include "harness/run/journal.h"
#include "harness/verdict/results.h"

namespace harness {

namespace fs = std::filesystem;

base::Result<std::set<std::string>> tests_to_rerun(const std::string& report_directory) {
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
  return red;
}

std::optional<std::set<std::string>> ids_shown_as(std::optional<std::set<std::string>> names,
                                                  const std::vector<TestCase>& tests,
                                                  Journal& journal) {
  std::set<std::string> ids;
  for (const TestCase& test : tests) {
    const std::string shown = journal.shown(test.id());
    if (names && names->contains(shown)) {
      ids.insert(test.id());
    }
  }
  if (names) {
    names->merge(ids);
  }
  return names;
}

// The journal is read where no run has told it on: one that was killed.
PastTests past_tests_of(const std::string& report_directory) {
  const fs::path told = fs::path(report_directory) / kDurationsFile;
  const fs::path journal = fs::path(report_directory) / "journal.jsonl";
  base::Result<PastTests> known = read_durations(told.string());
  PastTests past = known ? std::move(*known) : PastTests();
  std::error_code no_durations;
  std::error_code no_journal;
  const fs::file_time_type told_at = fs::last_write_time(told, no_durations);
  const fs::file_time_type journal_at = fs::last_write_time(journal, no_journal);
  if (!no_journal && (no_durations || told_at < journal_at)) {
    if (const base::Result<JournalText> text = read_journal(journal.string())) {
      learn(collect(text->records), past);
    }
  }
  return past;
}

}  // namespace harness
