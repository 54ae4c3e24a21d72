// The verdict of a run: one pure function of its results, and the codes of contracts 9 in their
// precedence.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "harness/suite/exit_code.h"
#include "harness/verdict/results.h"

namespace harness {

struct Verdict {
  ExitCode exit_code = ExitCode::kInternalError;
  std::string word;                            // "passed", "failed", "flaky", ...
  std::vector<std::string> reasons;            // why not passed, the weightiest first
  std::array<int, kOutcomes.size()> counts{};  // by outcome
  int total = 0;
  std::int64_t misses = 0;
  std::int64_t unattributed = 0;

  [[nodiscard]] int count(Outcome outcome) const {
    return counts[static_cast<std::size_t>(outcome)];
  }
};

Verdict decide(const RunResults& results);

// "passed" for 0, "failed" for 1, "not_ready" for 10, ...: the `verdict` of verdict.json.
std::string_view word_of(ExitCode code);

// verdict.json (contracts 8), with a newline at its end.
std::string to_json(const Verdict& verdict, const RunResults& results,
                    const std::string& journal_sha256);

}  // namespace harness
