// What changed for the tests between two runs. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

// A test that takes twice as long, and that much longer that no busy machine explains it.
inline constexpr double kSlowFactor = 2;
inline constexpr double kSlowMsMin = 250;

struct Change {
  std::string test;
  std::string before, after;  // outcomes; empty where the test is not in that run
  std::string reason;         // of the later run
  double before_ms = 0, after_ms = 0;
};

struct Difference {
  std::vector<Change> failing;  // red, and was not, or is new
  std::vector<Change> flaky;    // and was not
  std::vector<Change> slow;     // and was not red in either
  std::vector<Change> mended;   // was red or flaky, and passed
  std::vector<Change> gone;     // no longer there
  Verdict before, after;
};

Difference compare(const RunResults& before, const RunResults& after);

// 1 where a test is newly failing, or the later run is red as a whole and the former was not; 5
// where a test is newly flaky and nothing else; 0.
ExitCode code_of_difference(const Difference& difference);

}  // namespace harness
