// A run that is over, or was ended, read back from its journal.
#pragma once

#include <string>
#include <vector>

#include "common/base/error.h"
#include "harness/run/event.h"
#include "harness/verdict/results.h"

namespace harness {

struct PastRun {
  std::string directory;  // the report folder
  std::vector<Record> records;
  RunResults results;
  std::string journal_sha256;
  std::string note;  // what of the file is not its journal; empty where all is
};

// `path` is a report folder or a journal in one. kInvalidInput where it holds no record of a run.
base::Result<PastRun> read_past_run(const std::string& path);

}  // namespace harness
