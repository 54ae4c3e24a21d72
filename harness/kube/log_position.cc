#include "harness/kube/log_position.h"

#include <algorithm>

#include "common/base/hash.h"

namespace harness {
namespace {

constexpr std::size_t kToSecond = 19;  // "2026-11-22T10:00:00"
constexpr std::size_t kSecondsMax = 2;
// Far above what a kubelet serves in a second. Lines past it may be told twice after a cut.
constexpr std::size_t kLinesMax = 2'000'000;

bool is_stamp(std::string_view text) {
  constexpr std::string_view kShape = "0000-00-00T00:00:00";
  return text.size() > kToSecond &&
         std::equal(kShape.begin(), kShape.end(), text.begin(), [](char shape, char c) {
           return shape == '0' ? c >= '0' && c <= '9' : c == shape;
         });
}

// "2026-11-22T10:00:00+01:00": the zone is the node's own.
std::string without_fraction(std::string_view stamp) {
  const std::size_t zone = std::min(stamp.find_first_of("Z+-", kToSecond), stamp.size());
  return std::string(stamp.substr(0, kToSecond)) + std::string(stamp.substr(zone));
}

}  // namespace

StampedLine split_stamp(std::string_view line) {
  const std::size_t blank = std::min(line.find(' '), line.size());
  const std::string_view stamp = line.substr(0, blank);
  if (!is_stamp(stamp)) {
    return {"", line};
  }
  return {stamp, line.substr(std::min(blank + 1, line.size()))};
}

std::string LogPosition::since() const {
  return seconds_.empty() ? "" : seconds_.front().time;
}

void LogPosition::resume() {
  repeated_.clear();
  for (const Second& second : seconds_) {
    for (const std::uint64_t line : second.lines) {
      ++repeated_[line];
    }
  }
}

bool LogPosition::is_new(std::string_view line, std::string_view stamp) {
  const std::uint64_t hash = base::hash64(line);
  const auto found = repeated_.find(hash);
  if (found != repeated_.end()) {
    if (--found->second == 0) {
      repeated_.erase(found);
    }
    return false;
  }
  remember(stamp, hash);
  return true;
}

void LogPosition::remember(std::string_view stamp, std::uint64_t line) {
  std::string time = without_fraction(stamp);
  if (seconds_.empty() || time > seconds_.back().time) {
    seconds_.push_back({std::move(time), {line}});
    if (seconds_.size() > kSecondsMax) {
      seconds_.pop_front();
    }
    return;
  }
  for (Second& second : seconds_) {
    if (second.time == time && second.lines.size() < kLinesMax) {
      second.lines.push_back(line);
    }
  }
}

}  // namespace harness
