#include "harness/review/review.h"

#include "harness/history/durations.h"
#include "harness/report/github.h"
#include "harness/review/verbs.h"

namespace harness {
namespace {

// One overload per verb.
struct Perform {
  const VerbContext& context;

  int operator()(const ReportShow& options) const { return show_run(options, context); }

  int operator()(const ReportRecover& options) const { return recover_run(options, context); }

  int operator()(const ReportMerge& options) const { return merge_runs(options, context); }

  int operator()(const ReportDiff& options) const { return diff_runs(options, context); }

  int operator()(const ReportHistory& options) const { return history_of_tests(options, context); }
};

}  // namespace

int report_verb(const ReportOptions& options, const VerbContext& context) {
  return std::visit(Perform{context}, options);
}

void tell_where_github_reads(const RunResults& results, const Verdict& verdict,
                             const VerbContext& context) {
  if (const base::Result<void> told =
          tell_github(results, verdict, context.environment, context.out);
      !told) {
    tell(context, "harness: " + told.error().message);
  }
}

void tell_durations(const RunResults& results, const std::string& directory,
                    const VerbContext& context) {
  if (const base::Result<void> told = update_durations(directory, results); !told) {
    tell(context, "harness: " + told.error().message);
  }
}

int no_run(const base::Error& error, const VerbContext& context) {
  tell(context, "harness: " + error.message);
  return kVerbUsage;
}

}  // namespace harness
