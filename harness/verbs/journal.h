// `harness journal`: the journal of a run that may still be waiting, for the launcher who started
// it, in the same container (contracts 10).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "harness/verbs/verb.h"

namespace harness {

struct JournalOptions {
  std::string report_directory = "build/reports";
  std::optional<std::uint64_t> from;  // print the records from this seq on, one a line
  bool files = false;                 // the report's logs and artifacts, as a tar on stdout
  std::optional<std::uint64_t> ack;   // everything up to this seq has arrived
};

// 0; 2 where there is no journal, or it ends before `from`.
int journal_verb(const JournalOptions& options, const VerbContext& context);

}  // namespace harness
