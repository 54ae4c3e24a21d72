// Where in a log we are: which lines a log that is asked for again will repeat.
//
// A log can be asked for from a second on, no finer, and its stamps need not rise: what was told of
// the last two seconds that have lines is remembered, each line by its hash.
#pragma once

#include <cstdint>
#include <deque>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace harness {

// "2026-11-22T10:00:00.123456789Z text", taken apart; `stamp` is empty where there is none.
struct StampedLine {
  std::string_view stamp;
  std::string_view text;
};

StampedLine split_stamp(std::string_view line);

class LogPosition {
 public:
  // For sinceTime; empty: from the beginning.
  [[nodiscard]] std::string since() const;
  // From now on come the lines of a log that was asked for from since() on.
  void resume();
  // Each line that has a stamp, stamp and all: true where it is to be told.
  bool is_new(std::string_view line, std::string_view stamp);

 private:
  struct Second {
    std::string time;  // a stamp without its fraction
    std::vector<std::uint64_t> lines;
  };

  void remember(std::string_view stamp, std::uint64_t line);

  std::deque<Second> seconds_;                               // at most two, ascending
  std::unordered_map<std::uint64_t, std::size_t> repeated_;  // still to come a second time
};

}  // namespace harness
