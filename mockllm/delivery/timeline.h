// delivery: WHEN what is said is said. From a Reply, a Pace and a seed to timed events. Pure.
//
// May include: common/base, mockllm/conversation, mockllm/wire/protocol.h (ReplyEvent).
#pragma once

#include <cstddef>
#include <memory>
#include <optional>

#include "common/base/clock.h"
#include "mockllm/conversation/reply.h"
#include "mockllm/wire/protocol.h"

namespace mockllm {

// The events of one stream, made one at a time: nothing is allocated per event. Chunks are about a token
// long, their borders come from the seed, and none splits a grapheme.
class Timeline {
 public:
  Timeline(std::shared_ptr<const Reply> reply, const Pace& pace, std::uint64_t seed);

  struct Timed {
    base::Nanoseconds at;  // since the start of the stream
    ReplyEvent event;      // its views live as long as the Reply
  };
  // The next event, nullopt after ReplyEnd.
  std::optional<Timed> next();

 private:
  struct Cursor {
    std::size_t choice = 0;
    std::size_t part = 0;  // reasoning, text, refusal, then each tool call
    std::size_t offset = 0;
    bool part_started = false;
  };
  std::shared_ptr<const Reply> reply_;
  Pace pace_;
  std::uint64_t random_;
  base::Nanoseconds at_{0};
  Cursor cursor_;
  int stage_ = 0;
};

// Estimated where a reply does not say: one token per four bytes, at least one.
Usage estimate_usage(const Prompt& prompt, const Reply& reply);

}  // namespace mockllm
