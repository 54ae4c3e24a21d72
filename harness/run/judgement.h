// What became of one attempt, before the run's own rules (services, misses of the LLM) are applied.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/redact/redactor.h"
#include "harness/process/process.h"
#include "harness/suite/test_case.h"

namespace harness {

struct Judgement {
  Outcome outcome = Outcome::kPassed;
  std::string reason;  // empty where passed
  std::vector<Failure> failures;
  bool expects_misses = false;
};

// `text` without its secrets, for before it is cut: a redactor does not find half a one. `redactor`
// may be null.
std::string cleaned(std::string_view text, const redact::Redactor* redactor);

// How a process ended that was not signalled by us: "signal 11 (Segmentation fault)", or with
// `when` "the process ended with exit code 3 before the test did". `out_of_memory` is what the
// kernel's counters say of its time, or empty.
std::string ending_of(const ExitStatus& status, const std::string& out_of_memory,
                      const std::string& when);

// Adds to the reason of a red judgement that memory ran out meanwhile, where it does not say so.
void add_memory_note(Judgement& judgement, const std::string& out_of_memory);

}  // namespace harness
