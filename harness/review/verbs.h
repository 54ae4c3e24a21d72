// The verbs of `harness report`, one function and one file each; report_verb() chooses.
#pragma once

#include "harness/review/review.h"

namespace harness {

int show_run(const ReportShow& options, const VerbContext& context);
int recover_run(const ReportRecover& options, const VerbContext& context);

// Says why there is no run to tell of.
int no_run(const base::Error& error, const VerbContext& context);

}  // namespace harness
