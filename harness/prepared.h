// What a run needs before its first event: all that may turn it down without a report.
#pragma once

#include <optional>
#include <string>

#include "common/base/file.h"
#include "harness/handover/handover.h"
#include "harness/run/journal.h"
#include "harness/run_history.h"
#include "harness/session.h"

namespace harness {

struct Prepared {
  Config config;
  std::string reports;  // the report folder, cleared
  PlanChoices choices;
  std::optional<PastTests> past;  // what is known of tests, where they are ordered by it
  std::optional<RunHistory> history;
  std::optional<Handover> handover;  // to the launcher, where one started this run
  base::TemporaryDirectory folder;   // ours alone; holds the pytest plugin
  Journal journal;
};

// kInternal where the machine is at fault, any other kind where flags or files are.
base::Result<Prepared> prepare(const RunOptions& options, const SessionContext& context);

}  // namespace harness
