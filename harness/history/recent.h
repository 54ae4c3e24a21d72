// What the recent runs of a project have told of its tests, out of the history in PostgreSQL: the
// order of a run and its shards are made from it, as from durations.json.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "harness/plan/past.h"

namespace harness {

// No run waits longer than this to know the order of its tests.
inline constexpr std::chrono::milliseconds kRecentTimeMax{3'000};
// Each shard of a run counts as one.
inline constexpr int kRecentRunsMax = 200;
// No further run is read where those that are newer have that many.
inline constexpr std::int64_t kRecentAttemptsMax = 200'000;

struct RecentQuestion {
  std::string url;
  std::string project;
  std::string branch;  // its runs are taken for newer than those of others
  // The shards of one run: what they all call that run; empty where it has none. Whoever asks first
  // sets up to which run the history is read; all get that, however much later they ask, and
  // whatever has been kept meanwhile.
  std::string shards_of;
};

// Of each test the median of what its last attempts took, and whether it was red or flaky in the
// newest run that started it. Nothing where no run has been kept yet.
base::Result<PastTests> read_recent(const RecentQuestion& question, const base::Clock& clock,
                                    base::MonoTime deadline);

}  // namespace harness
