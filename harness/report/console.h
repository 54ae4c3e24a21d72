// report: from events to what people and machines read. Consumes events, never touches a process.
//
// Doors: Console tells the run as it goes (stderr) and its summary (stdout); folder.h writes the
// report folder, a file of it by each sibling (junit.h, ctrf.h, github.h): pure functions, which
// never include each other. May include: common/{base,redact}, harness/{suite,run (event.h),
// verdict}.
#pragma once

#include <string>

#include "harness/report/style.h"
#include "harness/run/event.h"
#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

// A line per thing that happened. Give it every record as it is written.
class Console {
 public:
  // `fd` stays the caller's.
  Console(int fd, Style style) : fd_(fd), style_(style) {}

  void on(const Record& record);

 private:
  void say(const std::string& text) const;
  void finished(const AttemptFinished& event);

  int fd_;
  Style style_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
};

// All red tests with file, line, message and their LLM calls, then counts and the verdict.
std::string summary_text(const RunResults& results, const Verdict& verdict, Style style);

}  // namespace harness
