#include "harness/report/console.h"
#include "harness/review/past_run.h"
#include "harness/review/verbs.h"

namespace harness {

int show_run(const ReportShow& options, const VerbContext& context) {
  const base::Result<PastRun> run = read_past_run(options.path);
  if (!run) {
    return no_run(run.error(), context);
  }
  if (!run->note.empty()) {
    tell(context, run->note);
  }
  const Verdict verdict = decide(run->results);
  const Style style = Style::of(context.out, context.environment);
  std::string text = context.json ? to_json(verdict, run->results, run->journal_sha256)
                                  : summary_text(run->results, verdict, style);
  text.pop_back();  // print() ends the line
  print(context, text);
  return code_of(verdict.exit_code);
}

}  // namespace harness
