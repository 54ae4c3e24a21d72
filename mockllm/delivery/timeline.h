// delivery: WHEN what is said is said. From a Reply, a Pace and a seed to timed events. Pure.
//
// Door: Timeline, asked event by event; estimate_usage().
// May include: common/base, mockllm/conversation, mockllm/wire/protocol.h (ReplyEvent).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/clock.h"
#include "common/base/random.h"
#include "mockllm/conversation/prompt.h"
#include "mockllm/conversation/reply.h"
#include "mockllm/wire/protocol.h"

namespace mockllm {

// The events of one stream, made one at a time: nothing is allocated per event. Chunks are about a
// token long, their borders come from the seed, and none splits a grapheme.
//
// The start of the stream and its first chunk are due at the pace's ttft, each further chunk one
// token's time later, the ends together with what they end. The choices follow one another.
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
  enum class Stage {
    kStart,
    kChoice,
    kReasoning,
    kText,
    kRefusal,
    kCalls,
    kArguments,
    kEnd,
    kOver
  };

  ReplyEvent step();
  // The next piece of the current text, empty where it has no more.
  std::string_view next_piece(std::string_view text);
  template <typename Delta>
  std::optional<ReplyEvent> delta_of(const std::optional<std::string>& text, Stage after);
  std::optional<ReplyEvent> step_choice();
  base::Nanoseconds wait();
  void go_to(Stage stage);

  std::shared_ptr<const Reply> reply_;
  base::Nanoseconds interval_{0};
  double jitter_ = 0;
  base::SeededRandom random_;
  base::Nanoseconds at_{0};
  bool said_something_ = false;  // the first chunk does not wait for a token's time
  Stage stage_ = Stage::kStart;
  std::size_t choice_ = 0;
  std::size_t call_ = 0;
  std::size_t offset_ = 0;  // into the current text
};

// Estimated where a reply does not say: one token per four bytes, at least one.
Usage estimate_usage(const Prompt& prompt, const Reply& reply);

}  // namespace mockllm
