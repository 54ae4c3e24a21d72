// What became of one attempt, before the run's own rules (services, misses of the LLM) are applied.
#pragma once

#include <string>
#include <vector>

#include "harness/suite/test_case.h"

namespace harness {

struct Judgement {
  Outcome outcome = Outcome::kPassed;
  std::string reason;  // empty where passed
  std::vector<Failure> failures;
  bool expects_misses = false;
};

}  // namespace harness
