// What the load client reads: one HTTP answer, checked as it comes.
#pragma once

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

using Time = std::chrono::steady_clock::time_point;

// Reads one answer as it comes. Keeps a short body; counts the frames of a stream.
class Answer {
 public:
  enum class State { kHead, kSized, kChunkSize, kChunk, kChunkEnd, kDone, kBroken };

  void begin() {
    state_ = State::kHead;
    text_.clear();
    arrivals_.clear();
    last_byte_ = 0;
    ok_ = false;
  }

  // Returns whether the answer is whole (or broken).
  bool feed(std::string_view bytes, Time now) {
    while (!bytes.empty() && state_ != State::kDone && state_ != State::kBroken) {
      bytes.remove_prefix(step(bytes, now));
    }
    return state_ == State::kDone || state_ == State::kBroken;
  }

  [[nodiscard]] bool is_ok(std::string_view expected) const {
    return state_ == State::kDone && ok_ && text_.find(expected) != std::string::npos;
  }

  [[nodiscard]] const std::vector<Time>& arrivals() const { return arrivals_; }

 private:
  static constexpr std::size_t kTailBytes = 4'096;

  std::size_t step(std::string_view bytes, Time now) {
    switch (state_) {
      case State::kHead:
        return read_head(bytes);
      case State::kSized:
      case State::kChunk:
        return read_body(bytes, now);
      case State::kChunkSize:
        return read_size(bytes);
      case State::kChunkEnd:
        left_ -= std::min<std::size_t>(left_, 1);
        if (left_ == 0) {
          state_ = last_ ? State::kDone : State::kChunkSize;
        }
        return 1;
      default:
        return bytes.size();
    }
  }

  std::size_t read_head(std::string_view bytes) {
    const std::size_t before = text_.size();
    text_.append(bytes);
    const std::size_t end = text_.find("\r\n\r\n");
    if (end == std::string::npos) {
      return bytes.size();
    }
    const std::size_t used = end + 4 - before;
    text_.resize(end);
    ok_ = text_.starts_with("HTTP/1.1 200 ");
    last_ = false;
    left_ = 0;
    if (text_.find("\r\nTransfer-Encoding: chunked") != std::string::npos) {
      state_ = State::kChunkSize;
    } else if (const std::size_t at = text_.find("\r\nContent-Length: "); at != std::string::npos) {
      std::from_chars(text_.data() + at + 18, text_.data() + text_.size(), left_);
      state_ = left_ == 0 ? State::kDone : State::kSized;
    } else {
      state_ = State::kBroken;
    }
    text_.clear();
    return used;
  }

  std::size_t read_size(std::string_view bytes) {
    const char byte = bytes.front();
    if (byte == '\n') {
      last_ = left_ == 0;
      state_ = last_ ? State::kChunkEnd : State::kChunk;
      left_ = last_ ? 2 : left_;
    } else if (byte != '\r') {
      std::size_t digit = 0;
      std::from_chars(&byte, &byte + 1, digit, 16);
      left_ = left_ * 16 + digit;
    }
    return 1;
  }

  std::size_t read_body(std::string_view bytes, Time now) {
    const std::string_view part = bytes.substr(0, left_);
    left_ -= part.size();
    if (state_ == State::kChunk) {
      count_frames(part, now);
    }
    if (text_.size() > 2 * kTailBytes) {
      text_.erase(0, text_.size() - kTailBytes);
    }
    text_.append(part);
    if (left_ == 0) {
      left_ = 2;
      state_ = state_ == State::kSized ? State::kDone : State::kChunkEnd;
    }
    return part.size();
  }

  // A frame ends with an empty line, and inside JSON no line ends.
  void count_frames(std::string_view part, Time now) {
    for (std::size_t at = part.find('\n'); at != std::string_view::npos;
         at = part.find('\n', at + 1)) {
      if ((at == 0 ? last_byte_ : part[at - 1]) == '\n') {
        arrivals_.push_back(now);
      }
    }
    last_byte_ = part.back();
  }

  State state_ = State::kHead;
  std::string text_;
  std::size_t left_ = 0;
  char last_byte_ = 0;
  bool last_ = false;
  bool ok_ = false;
  std::vector<Time> arrivals_;
};

}  // namespace bench
