// The shards of one run put together: from their journals to one journal, and to what is wrong with
// them together. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/review/past_run.h"

namespace harness {

struct MergedRun {
  std::vector<Record> records;        // of one run, as if there had been no shards
  std::vector<std::string> mistakes;  // why the shards do not add up; in the records too
  std::vector<std::string> folders;   // of each shard below the merged report: "shards/0"
};

// `shards` is not empty; `unreadable` says of each other folder why it is none. A test that was
// selected and is in no shard is in the merged list, and so red and named.
MergedRun merge(const std::vector<PastRun>& shards, const std::vector<std::string>& unreadable);

}  // namespace harness
