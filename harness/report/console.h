// report: from events to what people and machines read. Consumes events, never touches a process.
//
// Doors: Console tells the run as it goes (stderr) and its summary (stdout); folder.h writes the
// report folder, a file of it by each sibling (junit.h, ctrf.h, github.h): pure functions, which
// never include each other. May include: common/{base,redact}, harness/{suite,run (event.h),
// verdict}.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "harness/report/style.h"
#include "harness/run/event.h"
#include "harness/verdict/results.h"
#include "harness/verdict/verdict.h"

namespace harness {

// A line per thing that happened, and what went wrong with a test as soon as it has. Give it every
// record as it is written. On a terminal a passed test is told by the one line at the bottom, which
// says how far the run is and what runs now.
class Console {
 public:
  // `fd` stays the caller's. `columns` is the terminal's width, 0 where there is none.
  Console(int fd, Style style, std::size_t columns = 0)
      : fd_(fd),
        style_(style),
        columns_(columns) {}

  void on(const Record& record);

 private:
  // Above the line at the bottom, which is drawn anew.
  void say(const std::string& text);
  void finished(const AttemptFinished& event);
  [[nodiscard]] std::string bottom_line() const;

  int fd_;
  Style style_;
  std::size_t columns_;
  std::size_t total_ = 0;
  std::size_t done_ = 0;
  std::size_t red_ = 0;
  std::size_t details_ = 0;           // attempts whose details were shown
  std::vector<std::string> running_;  // in the order in which they began
  bool over_ = false;
};

// Details of red tests, or only their names and reasons: for who has just seen the details.
enum class Detail { kWhole, kBrief };
// Brief where both the run (on `err`) and its summary (on `out`) are watched on a terminal.
[[nodiscard]] Detail detail_after(int err, int out, const base::Environment& environment);

// All red tests with file, line, message and their LLM calls, then counts and the verdict.
std::string summary_text(const RunResults& results, const Verdict& verdict, Style style,
                         Detail detail = Detail::kWhole);

}  // namespace harness
