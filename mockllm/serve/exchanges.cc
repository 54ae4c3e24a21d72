#include "mockllm/serve/exchanges.h"

#include <utility>

namespace mockllm {

http::Step ReplyStream::next(std::string& out, base::MonoTime now) {
  const std::size_t full = out.size() + kStreamStepBytes;
  while (out.size() < full) {
    if (!due_) {
      due_ = timeline_.next();
    }
    if (!due_) {
      return http::End{};
    }
    if (start_ + due_->at > now) {
      return http::WaitUntil{start_ + due_->at};
    }
    encoder_->encode(due_->event, out);
    due_.reset();
  }
  return http::Continue{};
}

http::Step RecordedStream::next(std::string& out, base::MonoTime now) {
  const std::size_t full = out.size() + kStreamStepBytes;
  while (chunk_ < interaction_->chunks.size()) {
    const RecordedChunk& chunk = interaction_->chunks[chunk_];
    if (speed_ > 0) {
      const base::MonoTime at =
          start_ + std::chrono::duration_cast<base::Nanoseconds>(chunk.at / speed_);
      if (at > now) {
        return http::WaitUntil{at};
      }
    }
    if (out.size() >= full) {
      return http::Continue{};
    }
    out += chunk.bytes;
    ++chunk_;
  }
  return http::End{};
}

std::optional<http::Response> DelayedResponse::poll(base::MonoTime now, base::MonoTime& again) {
  if (now < at_) {
    again = at_;
    return std::nullopt;
  }
  return std::move(response_);
}

}  // namespace mockllm
