// review: from the folders that runs left to what is asked of them afterwards: the verbs of
// `harness report`.
//
// Door: report_verb(), from plain options to an exit code of contracts 9; a file for each verb.
// May include: common/base, harness/{suite,run (event.h, journal.h),verdict,report,verbs (verb.h)}.
#pragma once

#include <string>
#include <variant>
#include <vector>

#include "harness/verbs/verb.h"

namespace harness {

inline constexpr const char* kReportDirectory = "build/reports";

// The summary of a run on stdout, out of its journal alone; with --json its verdict.json.
struct ReportShow {
  std::string path = kReportDirectory;  // a report folder, or a journal
};

// Every report written again out of the journal's longest valid prefix: for a run whose harness was
// killed. The journal itself is left as it is.
struct ReportRecover {
  std::string directory = kReportDirectory;
};

// The shards of one run as one run: a journal and every report of it in `target`, with the shards'
// files below shards/. Where they do not add up, that is the run's verdict: 22.
struct ReportMerge {
  std::vector<std::string> directories;
  std::string target = kReportDirectory;
};

// What changed for the tests from one run to another. Ends with 1 where a test is newly failing or
// the later run is newly red as a whole, with 5 where a test is newly flaky and no more, else 0.
struct ReportDiff {
  std::string before;
  std::string after;
};

// What the history that harness.yaml names knows of tests: how reliable each is, how long it takes,
// and where it began to fail.
struct ReportHistory {
  ConfigSource config = {};
  std::string part;  // of tests' ids; empty: all
};

using ReportOptions =
    std::variant<ReportShow, ReportRecover, ReportMerge, ReportDiff, ReportHistory>;

// All but diff and history end as the run ended that they tell of, so that reading a red run is
// never green; 2 where there is no run to tell of.
int report_verb(const ReportOptions& options, const VerbContext& context);

}  // namespace harness
