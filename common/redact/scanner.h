// One pass over one text that comes in pieces: which bytes leave, which are replaced, which must
// wait.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/redact/automaton.h"
#include "common/redact/redactor.h"
#include "common/redact/shapes.h"

namespace redact {

// What all scanners of one Redactor share.
class Redactor::Impl {
 public:
  Impl(const std::vector<std::string>& patterns, std::vector<std::string> placeholders,
       std::size_t values, ShapeMark mark);

  Automaton automaton;
  std::vector<std::string> placeholders;  // by pattern, of the values
  std::size_t values;                     // patterns before the shapes' prefixes
  ShapeMark mark;
  std::vector<std::size_t> sizes;  // by pattern
  std::size_t bytes_held_max = 0;
};

class Scanner {
 public:
  explicit Scanner(const Redactor::Impl& shared) : shared_(shared) {}

  // Appends to `out` what may leave now.
  void write(std::string_view piece, std::string& out);
  void finish(std::string& out);

 private:
  // A secret, or several that overlap. Positions count from the start of the whole text.
  struct Interval {
    std::uint64_t start = 0;
    std::uint64_t end = 0;
    std::uint64_t main_size = 0;  // of the largest secret in it, whose placeholder is shown
    const std::string* placeholder = nullptr;  // of a value
    const Shape* shape = nullptr;
    std::string text;  // what was replaced, as far as a keyed mark needs it
  };

  void scan(std::string_view text, std::size_t from);
  void take(std::string_view text, std::size_t at);
  void feed_candidates(unsigned char byte, std::uint64_t position);
  void start_candidates(std::string_view text, std::uint64_t end);
  [[nodiscard]] bool is_own_word(std::string_view text, std::uint64_t start) const;
  void add(Interval interval);
  [[nodiscard]] std::uint64_t safe_end(std::uint64_t position) const;
  void flush(std::string_view text, std::uint64_t safe, bool at_end, std::string& out);
  void emit(const Interval& interval, std::string& out) const;

  const Redactor::Impl& shared_;
  Automaton::State state_ = Automaton::kRoot;
  std::uint64_t head_ = 0;  // of the first byte that has not left
  std::string held_;        // [head_, what was written)
  char before_head_ = '\0';
  std::vector<Candidate> candidates_;
  std::vector<Interval> intervals_;  // by start; none overlap
};

}  // namespace redact
