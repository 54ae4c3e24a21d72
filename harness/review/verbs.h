// The verbs of `harness report`, one function and one file each; report_verb() chooses.
#pragma once

#include "harness/review/review.h"
#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

int show_run(const ReportShow& options, const VerbContext& context);
int recover_run(const ReportRecover& options, const VerbContext& context);
int merge_runs(const ReportMerge& options, const VerbContext& context);
int diff_runs(const ReportDiff& options, const VerbContext& context);
int history_of_tests(const ReportHistory& options, const VerbContext& context);

// The run's annotations and summary, where this is a step of a workflow.
void tell_where_github_reads(const RunResults& results, const Verdict& verdict,
                             const VerbContext& context);

// What the run tells of its tests goes into the folder's durations.json, for the next one.
void tell_durations(const RunResults& results, const std::string& directory,
                    const VerbContext& context);

// Says why there is no run to tell of.
int no_run(const base::Error& error, const VerbContext& context);

}  // namespace harness
