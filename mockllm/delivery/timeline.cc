#include "mockllm/delivery/timeline.h"

#include <algorithm>
#include <utility>

#include "mockllm/delivery/text_chunker.h"

namespace mockllm {
namespace {

// A slower pace than this is a mistake of a file, and must not become an endless wait.
constexpr double kSecondsPerTokenMax = 3600;

base::Nanoseconds interval_of(const Pace& pace) {
  if (pace.tokens_per_second <= 0) {
    return base::Nanoseconds(0);
  }
  const double seconds = std::min(1 / pace.tokens_per_second, kSecondsPerTokenMax);
  return std::chrono::duration_cast<base::Nanoseconds>(std::chrono::duration<double>(seconds));
}

}  // namespace

Timeline::Timeline(std::shared_ptr<const Reply> reply, const Pace& pace, std::uint64_t seed)
    : reply_(std::move(reply)),
      interval_(interval_of(pace)),
      jitter_(pace.jitter),
      random_(seed) {
  at_ = pace.ttft;
}

std::optional<Timeline::Timed> Timeline::next() {
  if (stage_ == Stage::kOver) {
    return std::nullopt;
  }
  ReplyEvent event = step();
  return Timed{at_, event};
}

ReplyEvent Timeline::step() {
  if (stage_ == Stage::kStart) {
    go_to(reply_->choices.empty() ? Stage::kEnd : Stage::kChoice);
    return ReplyStart{};
  }
  while (choice_ < reply_->choices.size()) {
    if (std::optional<ReplyEvent> event = step_choice(); event) {
      return *event;
    }
  }
  stage_ = Stage::kOver;
  return ReplyEnd{};
}

// The next event of the current choice, nullopt where a part of it has nothing more to say.
std::optional<ReplyEvent> Timeline::step_choice() {
  const ReplyChoice& choice = reply_->choices[choice_];
  const int index = static_cast<int>(choice_);
  switch (stage_) {
    case Stage::kChoice:
      go_to(Stage::kReasoning);
      return ChoiceStart{index};
    case Stage::kReasoning:
      return delta_of<ReasoningDelta>(choice.reasoning, Stage::kText);
    case Stage::kText:
      return delta_of<TextDelta>(choice.text, Stage::kRefusal);
    case Stage::kRefusal:
      return delta_of<RefusalDelta>(choice.refusal, Stage::kCalls);
    case Stage::kCalls:
      if (call_ == choice.tool_calls.size()) {
        go_to(Stage::kEnd);
        return std::nullopt;
      }
      go_to(Stage::kArguments);
      at_ += wait();
      return ToolCallStart{index, static_cast<int>(call_)};
    case Stage::kArguments: {
      const std::string_view piece = next_piece(choice.tool_calls[call_].arguments);
      if (!piece.empty()) {
        return ToolArgumentsDelta{index, static_cast<int>(call_), piece};
      }
      ++call_;
      go_to(Stage::kCalls);
      return std::nullopt;
    }
    default:
      break;
  }
  ++choice_;
  call_ = 0;
  go_to(Stage::kChoice);
  return ChoiceEnd{index};
}

template <typename Delta>
std::optional<ReplyEvent> Timeline::delta_of(const std::optional<std::string>& text, Stage after) {
  const std::string_view piece = next_piece(text ? std::string_view(*text) : std::string_view());
  if (piece.empty()) {
    go_to(after);
    return std::nullopt;
  }
  return Delta{static_cast<int>(choice_), piece};
}

std::string_view Timeline::next_piece(std::string_view text) {
  text.remove_prefix(offset_);
  if (text.empty()) {
    return {};
  }
  const std::string_view piece = text.substr(0, next_chunk(text, random_));
  offset_ += piece.size();
  at_ += wait();
  return piece;
}

// How long after the last chunk the next one is due.
base::Nanoseconds Timeline::wait() {
  if (!std::exchange(said_something_, true) || interval_ == base::Nanoseconds(0)) {
    return base::Nanoseconds(0);
  }
  if (jitter_ <= 0) {
    return interval_;
  }
  constexpr std::uint64_t kSteps = 1U << 20U;
  const double unit = static_cast<double>(random_.below(kSteps)) / kSteps;  // [0, 1)
  const double factor = 1 + jitter_ * (2 * unit - 1);
  return std::chrono::duration_cast<base::Nanoseconds>(interval_ * factor);
}

void Timeline::go_to(Stage stage) {
  stage_ = stage;
  offset_ = 0;
}

}  // namespace mockllm
