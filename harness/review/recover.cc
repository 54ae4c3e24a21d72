#include "harness/report/console.h"
#include "harness/report/folder.h"
#include "harness/review/past_run.h"
#include "harness/review/verbs.h"

namespace harness {

int recover_run(const ReportRecover& options, const VerbContext& context) {
  base::Result<PastRun> run = read_past_run(options.directory + "/journal.jsonl");
  if (!run) {
    return no_run(run.error(), context);
  }
  if (!run->note.empty()) {
    tell(context, run->note);
  }
  const Reported reported = write_report_folder(run->results, options.directory, "");
  tell_durations(run->results, options.directory, context);
  const Style style = Style::of(context.out, context.environment);
  print(context, summary_text(run->results, reported.verdict, style) + "recovered from " +
                     std::to_string(run->records.size()) + " records: " + options.directory);
  tell_where_github_reads(run->results, reported.verdict, context);
  return code_of(reported.verdict.exit_code);
}

}  // namespace harness
