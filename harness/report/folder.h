// The report folder: cleared before a run, filled from its results after it (contracts 8).
#pragma once

#include <string>
#include <string_view>

#include "common/base/error.h"
#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

// What an earlier run left is removed: beside a new report it would be read as the new one's.
base::Result<void> clear_report_folder(const std::string& directory);

struct Reported {
  Verdict verdict;
  std::string verdict_json;  // as in verdict.json
};

// Writes verdict.json and every other report beside journal.jsonl, which is there. `trouble` is
// what went wrong with the journal, empty where nothing did; that, and whatever cannot be read or
// written here, is an internal error of the verdict that comes back, and of verdict.json where it
// can still be written.
Reported write_report_folder(RunResults results, const std::string& directory,
                             std::string_view trouble);

}  // namespace harness
