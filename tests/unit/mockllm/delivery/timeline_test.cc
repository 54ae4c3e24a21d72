#include "mockllm/delivery/timeline.h"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <variant>
#include <vector>

namespace mockllm {
namespace {

using std::chrono::milliseconds;

std::shared_ptr<Reply> reply_of(const std::string& text) {
  auto reply = std::make_shared<Reply>();
  reply->choices.emplace_back().text = text;
  return reply;
}

// The events' texts live as long as `reply`.
std::vector<Timeline::Timed> run(std::shared_ptr<const Reply> reply, const Pace& pace,
                                 std::uint64_t seed) {
  Timeline timeline(std::move(reply), pace, seed);
  std::vector<Timeline::Timed> events;
  while (std::optional<Timeline::Timed> event = timeline.next()) {
    events.push_back(*event);
  }
  EXPECT_FALSE(timeline.next().has_value());
  return events;
}

std::string text_of(const std::vector<Timeline::Timed>& events) {
  std::string text;
  for (const Timeline::Timed& timed : events) {
    if (const auto* delta = std::get_if<TextDelta>(&timed.event); delta != nullptr) {
      text += delta->text;
    }
  }
  return text;
}

// One letter per event, so that a test can show the order at a glance.
std::string order_of(const std::vector<Timeline::Timed>& events) {
  constexpr std::string_view kLetters = "SCtrf(a)E";  // in the variant's order
  std::string order;
  for (const Timeline::Timed& timed : events) {
    const char letter = kLetters[timed.event.index()];
    if (order.empty() || order.back() != letter || letter == '(' || letter == 'C') {
      order += letter;
    }
  }
  return order;
}

TEST(Timeline, WithoutPaceIsDueAtOnce) {
  const auto reply = reply_of("The quick brown fox jumps.");

  const auto events = run(reply, {}, 1);

  EXPECT_EQ(text_of(events), "The quick brown fox jumps.");
  for (const Timeline::Timed& timed : events) {
    EXPECT_EQ(timed.at, base::Nanoseconds(0));
  }
}

TEST(Timeline, SaysReasoningTextRefusalAndCallsInOrder) {
  auto reply = reply_of("some text");
  ReplyChoice& choice = reply->choices[0];
  choice.reasoning = "some thought";
  choice.refusal = "some refusal";
  choice.tool_calls = {{"", "f", R"({"a":1})"}, {"", "g", ""}};
  reply->choices.emplace_back().text = "second";

  EXPECT_EQ(order_of(run(reply, {}, 1)), "SCrtf(a()Ct)E");
}

TEST(Timeline, OfAnEmptyReplyStillStartsAndEnds) {
  EXPECT_EQ(order_of(run(std::make_shared<Reply>(), {}, 1)), "SE");
  EXPECT_EQ(order_of(run(reply_of(""), {}, 1)), "SC)E");
}

TEST(Timeline, WaitsForTheFirstTokenAndThenOneTokensTime) {
  Pace pace;
  pace.ttft = milliseconds(40);
  pace.tokens_per_second = 100;

  const auto events = run(reply_of(std::string(100, 'x')), pace, 1);

  base::Nanoseconds expected = milliseconds(40);
  for (const Timeline::Timed& timed : events) {
    if (std::holds_alternative<TextDelta>(timed.event)) {
      EXPECT_EQ(timed.at, expected);
      expected += milliseconds(10);
    }
  }
  EXPECT_EQ(events.front().at, milliseconds(40));
  EXPECT_EQ(events.back().at, expected - milliseconds(10));
}

TEST(Timeline, JitterStaysInItsShareAndNeverGoesBack) {
  Pace pace;
  pace.tokens_per_second = 100;
  pace.jitter = 0.5;

  const auto events = run(reply_of(std::string(4000, 'x')), pace, 9);

  base::Nanoseconds last{0};
  bool differs = false;
  for (const Timeline::Timed& timed : events) {
    const base::Nanoseconds wait = timed.at - last;
    EXPECT_GE(wait, base::Nanoseconds(0));
    EXPECT_LE(wait, milliseconds(15));
    differs = differs || (wait != base::Nanoseconds(0) && wait != milliseconds(10));
    last = timed.at;
  }
  EXPECT_TRUE(differs);
}

TEST(Timeline, IsTheSameForTheSameSeed) {
  Pace pace;
  pace.tokens_per_second = 50;
  pace.jitter = 1;
  const auto reply = reply_of("The quick brown fox jumps over the lazy dog.");
  const auto last = [&](std::uint64_t seed) { return run(reply, pace, seed).back().at; };

  EXPECT_EQ(last(1), last(1));
  EXPECT_NE(last(1), last(2));
}

TEST(Timeline, OfATinyPaceDoesNotOverflow) {
  Pace pace;
  pace.tokens_per_second = 1e-300;

  const auto events = run(reply_of(std::string(100, 'x')), pace, 1);

  EXPECT_GT(events.back().at, base::Nanoseconds(0));
}

}  // namespace
}  // namespace mockllm
