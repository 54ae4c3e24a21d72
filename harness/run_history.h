// The history that harness.yaml names, as a run meets it: asked before its tests are put in order
// and divided into shards, told of it at its end.
#pragma once

#include <optional>
#include <string>

#include "common/base/clock.h"
#include "common/base/env.h"
#include "common/base/error.h"
#include "harness/config/config.h"
#include "harness/history/revision.h"
#include "harness/options.h"
#include "harness/plan/plan.h"
#include "harness/suite/exit_code.h"

namespace harness {

struct RunHistory {
  std::string url;
  std::string project;
  Revision revision;
  std::string shards_of;  // as in RecentQuestion; empty where shards are not made from it
};

// nullopt where the file names none or its variable is not set. kInvalidInput where --durations
// asks for it then, or where it makes shards that nothing names the run of.
base::Result<std::optional<RunHistory>> history_of(const SelectionOptions& selection,
                                                   const Config& config,
                                                   const base::Environment& environment);

// What it knows goes into `past`, where there is an order to be made from it; of a run whose shards
// are made from it, into `choices` too. Answers what is said of that: an order can do without it.
// Shards cannot, of which others were made with it: an error there. Within kRecentTimeMax.
base::Result<std::string> ask(const RunHistory& history, const base::Clock& clock,
                              PlanChoices& choices, std::optional<PastTests>& past);

// What such an error ends a run with.
ExitCode code_without_history(const base::Error& error);

}  // namespace harness
