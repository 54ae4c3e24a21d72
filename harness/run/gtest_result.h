// The verdict on one process that was asked to run one test of GoogleTest. Pure.
//
// A report is believed only where it names the test, and where the way the process ended agrees
// with it: a test that calls exit(0), crashes, or forges its output is red.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "harness/process/process.h"
#include "harness/run/judgement.h"

namespace harness {

struct GtestRun {
  std::string test;  // "Suite.Name"
  ExitStatus status;
  std::string out_of_memory = {};     // Child::End's
  std::optional<std::string> report;  // XML; none: not written
  bool premature_exit = false;        // the file that GoogleTest removes at its end is still there
  std::string output;                 // the end of it, redacted
  const redact::Redactor* redactor = nullptr;  // for what the report says; may stay null
};

Judgement judge_gtest(const GtestRun& run);

// The --gtest_filter that selects `test`. Characters that mean something in a filter become '?'.
std::string gtest_filter_for(std::string_view test);

}  // namespace harness
