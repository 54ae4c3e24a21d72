// The history of runs in a PostgreSQL that harness.yaml names: written at the end of each run,
// asked by `harness report history`. Its schema is "drydock", made where it is missing; runs that
// end at the same time wait for each other, within the deadline.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/error.h"
#include "harness/history/revision.h"
#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

// A run is not kept longer than this by its history, whatever the server does.
inline constexpr std::chrono::milliseconds kHistoryTimeMax{5'000};
inline constexpr std::size_t kHistoryTestsMax = 1'000;

// One transaction: all of the run, or nothing. `results` are redacted, as all that comes from the
// journal is. Answers how many attempts were written.
base::Result<std::size_t> write_history(const std::string& url, const RunResults& results,
                                        const Verdict& verdict, const Revision& revision,
                                        const base::Clock& clock, base::MonoTime deadline);

// The same for a run at its end, within kHistoryTimeMax; answers what is said of it. A history that
// is away changes nothing of the run. One that was ended from outside has no time for it.
std::string tell_history(const std::string& url, const RunResults& results,
                         const Revision& revision, const base::Clock& clock);

// What the history knows of one test. Times in milliseconds, of the last attempt of each run.
struct TestHistory {
  std::string test;
  std::int64_t runs = 0;
  std::int64_t red = 0;
  std::int64_t flaky = 0;  // passed at a later attempt
  double p50_ms = 0;
  double p95_ms = 0;
  // Where the test is red now: the first run of it since it was last not red.
  std::string first_bad_commit;
  std::string first_bad_at;  // RFC 3339
  std::string last_good_commit;
};

// Of the tests of the project whose ids hold `part`, the least reliable first, at most
// kHistoryTestsMax.
base::Result<std::vector<TestHistory>> read_history(const std::string& url,
                                                    const std::string& project,
                                                    const std::string& part,
                                                    const base::Clock& clock,
                                                    base::MonoTime deadline);

}  // namespace harness
