#include "common/redact/scanner.h"

#include <algorithm>
#include <utility>

#include "common/base/digest.h"

namespace redact {
namespace {

constexpr std::size_t kKeyedBytesMax = 512;  // of a secret, for its mark
constexpr std::size_t kKeyedDigits = 8;

bool is_alphanumeric(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

}  // namespace

Redactor::Impl::Impl(const std::vector<std::string>& patterns,
                     std::vector<std::string> value_placeholders, std::size_t value_count,
                     ShapeMark shape_mark)
    : automaton(patterns, value_count),
      placeholders(std::move(value_placeholders)),
      values(value_count),
      mark(shape_mark) {
  for (const std::string& pattern : patterns) {
    sizes.push_back(pattern.size());
    bytes_held_max = std::max(bytes_held_max, pattern.size());
  }
  if (patterns.size() > values) {
    bytes_held_max = std::max(bytes_held_max, kCandidateBytesMax + 1);
  }
}

void Scanner::write(std::string_view piece, std::string& out) {
  if (held_.empty()) {
    scan(piece, 0);
    flush(piece, safe_end(head_ + piece.size()), false, out);
    return;
  }
  std::string text = std::exchange(held_, {});
  const std::size_t from = text.size();
  text += piece;
  scan(text, from);
  flush(text, safe_end(head_ + text.size()), false, out);
}

void Scanner::finish(std::string& out) {
  const std::string text = std::exchange(held_, {});
  flush(text, head_ + text.size(), true, out);
  state_ = Automaton::kRoot;
  candidates_.clear();
}

void Scanner::scan(std::string_view text, std::size_t from) {
  while (from < text.size()) {
    if (state_ == Automaton::kRoot && candidates_.empty()) {
      from = shared_.automaton.next_start(text, from);
      if (from >= text.size()) {
        return;
      }
    }
    take(text, from);
    ++from;
  }
}

void Scanner::take(std::string_view text, std::size_t at) {
  const auto byte = static_cast<unsigned char>(text[at]);
  const std::uint64_t position = head_ + at;
  if (!candidates_.empty()) {
    feed_candidates(byte, position);
  }
  state_ = shared_.automaton.step(state_, byte);
  const std::int32_t value = shared_.automaton.value(state_);
  if (value != Automaton::kNone) {
    const auto index = static_cast<std::size_t>(value);
    const std::uint64_t size = shared_.sizes[index];
    add({position + 1 - size, position + 1, size, &shared_.placeholders[index], nullptr, {}});
  }
  if (shared_.automaton.other(state_) != Automaton::kRoot) {
    start_candidates(text, position + 1);
  }
}

void Scanner::feed_candidates(unsigned char byte, std::uint64_t position) {
  std::erase_if(candidates_, [&](Candidate& candidate) {
    const Candidate::Verdict verdict = candidate.next(byte, position);
    const bool closed = verdict == Candidate::Verdict::kClosed;
    if (closed || verdict == Candidate::Verdict::kSecret) {
      const std::uint64_t end = closed ? candidate.secret_end() : position + 1;
      const std::uint64_t start = candidate.secret_start();
      add({start, end, end - start, nullptr, &candidate.shape(), {}});
    }
    return closed || verdict == Candidate::Verdict::kNothing;
  });
}

// A prefix inside of a candidate of its own shape starts no other: both would go on over the same
// bytes.
void Scanner::start_candidates(std::string_view text, std::uint64_t end) {
  const Automaton& automaton = shared_.automaton;
  for (Automaton::State other = automaton.other(state_); other != Automaton::kRoot;
       other = automaton.next_other(other)) {
    const auto pattern = static_cast<std::size_t>(automaton.pattern(other));
    const Shape& shape = all_shapes()[pattern - shared_.values];
    const std::uint64_t start = end - shape.prefix.size();
    if (shape.own_word && !is_own_word(text, start)) {
      continue;
    }
    const auto known = std::find_if(candidates_.begin(), candidates_.end(),
                                    [&](const Candidate& c) { return &c.shape() == &shape; });
    if (known == candidates_.end()) {
      candidates_.emplace_back(shape, start);
    } else {
      known->seen_again(start);
    }
  }
}

bool Scanner::is_own_word(std::string_view text, std::uint64_t start) const {
  return !is_alphanumeric(start == head_ ? before_head_ : text[start - head_ - 1]);
}

// Each new secret ends at or after all others, so only the last intervals can touch it.
void Scanner::add(Interval interval) {
  while (!intervals_.empty() && intervals_.back().end > interval.start) {
    Interval& last = intervals_.back();
    const bool last_is_main = last.main_size > interval.main_size ||
                              (last.main_size == interval.main_size && last.placeholder != nullptr);
    interval.start = std::min(interval.start, last.start);
    interval.end = std::max(interval.end, last.end);
    interval.text = std::move(last.text);
    if (last_is_main) {
      interval.main_size = last.main_size;
      interval.placeholder = last.placeholder;
      interval.shape = last.shape;
    }
    intervals_.pop_back();
  }
  intervals_.push_back(std::move(interval));
}

// Nothing before it can become part of a secret that is not known yet.
std::uint64_t Scanner::safe_end(std::uint64_t position) const {
  std::uint64_t safe = position - shared_.automaton.depth(state_);
  for (const Candidate& candidate : candidates_) {
    safe = std::min(safe, candidate.confirmed() ? position : candidate.start());
  }
  return safe;
}

void Scanner::flush(std::string_view text, std::uint64_t safe, bool at_end, std::string& out) {
  const std::uint64_t written = head_ + text.size();
  // A secret that goes on is shown when it has ended.
  const bool grows = !at_end && std::any_of(candidates_.begin(), candidates_.end(),
                                            [](const Candidate& c) { return c.confirmed(); });
  const std::uint64_t base = head_;
  std::size_t shown = 0;
  for (Interval& interval : intervals_) {
    if (interval.start >= safe) {
      break;
    }
    if (interval.start > head_) {
      out.append(text, head_ - base, interval.start - head_);
      head_ = interval.start;
    }
    const std::uint64_t gone = std::min(interval.end, safe);
    const std::size_t wanted = kKeyedBytesMax - std::min(kKeyedBytesMax, interval.text.size());
    interval.text += text.substr(head_ - base, std::min<std::uint64_t>(wanted, gone - head_));
    head_ = gone;
    if (interval.end > safe || (grows && interval.end == written)) {
      break;
    }
    emit(interval, out);
    ++shown;
  }
  intervals_.erase(intervals_.begin(), intervals_.begin() + static_cast<std::ptrdiff_t>(shown));
  const std::uint64_t clear = intervals_.empty() ? safe : std::min(safe, intervals_.front().start);
  if (clear > head_) {
    out.append(text, head_ - base, clear - head_);
    head_ = clear;
  }
  if (head_ > base) {
    before_head_ = text[head_ - base - 1];
  }
  held_ = text.substr(head_ - base);
}

void Scanner::emit(const Interval& interval, std::string& out) const {
  if (interval.placeholder != nullptr) {
    out += *interval.placeholder;
  } else if (shared_.mark == ShapeMark::kStars) {
    out += "***";
  } else {
    // A password may be short enough to be guessed from a digest of it: it gets none.
    const bool guessable = interval.shape->kind == ShapeKind::kUrl;
    out += "[redacted:" + std::string(interval.shape->name);
    out += guessable ? "]" : ":" + base::sha256_hex(interval.text).substr(0, kKeyedDigits) + "]";
  }
}

}  // namespace redact
