// The truth table of the LLM mode, and what holds over every combination there is.
#include "harness/mode/mode.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <ostream>
#include <string>
#include <vector>

namespace harness {
namespace {

constexpr LlmRequest kMock = LlmRequest::kMock;
constexpr LlmRequest kReal = LlmRequest::kReal;
constexpr LlmRequest kAuto = LlmRequest::kAuto;

struct Row {
  LlmRequest request;
  Trigger trigger;
  const char* mode;  // "mock", "real", or "13": real was demanded without a key
  const char* reason;

  friend void PrintTo(const Row& row, std::ostream* out) {
    *out << row.trigger.event << ": " << row.reason;
  }
};

Trigger on(std::string event, std::string ref, bool has_key = true) {
  Trigger trigger;
  trigger.event = std::move(event);
  trigger.ref = std::move(ref);
  trigger.has_key = has_key;
  return trigger;
}

Trigger from_fork(std::string event) {
  Trigger trigger = on(std::move(event), "refs/pull/7/merge");
  trigger.fork = true;
  return trigger;
}

Trigger by(std::string actor, std::string event, std::string ref) {
  Trigger trigger = on(std::move(event), std::move(ref));
  trigger.actor = std::move(actor);
  return trigger;
}

Trigger dispatched(std::string input, std::string ref, bool has_key = true) {
  Trigger trigger = on("workflow_dispatch", std::move(ref), has_key);
  trigger.input = std::move(input);
  return trigger;
}

constexpr const char* kMain = "refs/heads/main";
constexpr const char* kTopic = "refs/heads/topic";

std::string answer(const ModeDecision& decision) {
  return decision.missing_key ? "13" : std::string(name_of(decision.mode));
}

class TruthTable : public ::testing::TestWithParam<Row> {};

TEST_P(TruthTable, Holds) {
  const ModeDecision decision = decide_mode(GetParam().request, GetParam().trigger);

  EXPECT_EQ(answer(decision), GetParam().mode);
  EXPECT_EQ(decision.reason, GetParam().reason);
}

INSTANTIATE_TEST_SUITE_P(
    ByEvent, TruthTable,
    ::testing::Values(
        Row{kAuto, on("push", kMain), "real", "event push on main"},
        Row{kAuto, on("push", kMain, false), "mock",
            "event push on main would be real, but there is no key of a real LLM"},
        Row{kAuto, on("push", kTopic), "mock", "event push on refs/heads/topic, not main"},
        Row{kAuto, on("push", "refs/tags/main"), "mock", "event push on refs/tags/main, not main"},
        Row{kAuto, on("push", ""), "mock", "event push on no ref, not main"},
        Row{kAuto, on("schedule", kMain), "real", "event schedule on main"},
        Row{kAuto, on("schedule", kTopic), "mock", "event schedule on refs/heads/topic, not main"},
        Row{kAuto, on("schedule", kMain, false), "mock",
            "event schedule on main would be real, but there is no key of a real LLM"},
        Row{kAuto, on("pull_request", "refs/pull/7/merge"), "mock", "event pull_request"},
        Row{kAuto, on("merge_group", "refs/heads/gh-readonly-queue/main/pr-7"), "mock",
            "event merge_group"},
        Row{kAuto, on("release", kMain), "mock", "event release"},
        Row{kAuto, on("", ""), "mock", "no event"}, Row{kAuto, on("", kMain), "mock", "no event"}));

INSTANTIATE_TEST_SUITE_P(
    ByInput, TruthTable,
    ::testing::Values(
        Row{kAuto, dispatched("real", kTopic), "real", "input of workflow_dispatch: real"},
        Row{kAuto, dispatched("real", kTopic, false), "13",
            "input of workflow_dispatch: real, but there is no key of a real LLM"},
        Row{kAuto, dispatched("mock", kMain), "mock", "input of workflow_dispatch: mock"},
        Row{kAuto, dispatched("auto", kMain), "real", "event workflow_dispatch on main"},
        Row{kAuto, dispatched("", kTopic), "mock",
            "event workflow_dispatch on refs/heads/topic, not main"},
        Row{kAuto, dispatched("reel", kMain), "mock",
            "input of workflow_dispatch: reel is none of mock, real, auto"}));

INSTANTIATE_TEST_SUITE_P(
    ByRequest, TruthTable,
    ::testing::Values(Row{kMock, on("push", kMain), "mock", "mock was asked for"},
                      Row{kMock, dispatched("real", kMain), "mock", "mock was asked for"},
                      Row{kReal, on("", ""), "real", "real was asked for"},
                      Row{kReal, on("", "", false), "13",
                          "real was asked for, but there is no key of a real LLM"},
                      Row{kReal, on("pull_request", "refs/pull/7/merge"), "real",
                          "real was asked for"}));

INSTANTIATE_TEST_SUITE_P(
    Strangers, TruthTable,
    ::testing::Values(
        Row{kAuto, from_fork("pull_request"), "mock", "event pull_request from a fork"},
        Row{kReal, from_fork("pull_request"), "mock",
            "event pull_request from a fork: never real, though real was asked for"},
        Row{kReal, on("pull_request_target", kMain), "mock",
            "event pull_request_target runs a stranger's code beside the repository's secrets: "
            "never "
            "real, though real was asked for"},
        Row{kAuto, on("pull_request_target", kMain), "mock",
            "event pull_request_target runs a stranger's code beside the repository's secrets"},
        Row{kAuto, by("dependabot[bot]", "push", kMain), "mock", "event push by dependabot[bot]"},
        Row{kReal, by("dependabot[bot]", "pull_request", "refs/pull/7/merge"), "mock",
            "event pull_request by dependabot[bot]: never real, though real was asked for"}));

TEST(EveryCombination, KeepsStrangersFromTheRealLlmAndNeverRunsRealWithoutAKey) {
  int combinations = 0;
  for (const LlmRequest request : {kMock, kReal, kAuto}) {
    for (const char* event : {"", "push", "pull_request", "pull_request_target", "merge_group",
                              "schedule", "workflow_dispatch", "repository_dispatch"}) {
      for (const char* ref : {"", kMain, kTopic, "refs/tags/v1"}) {
        for (const char* actor : {"ann", "dependabot[bot]"}) {
          for (const char* input : {"", "mock", "real", "auto", "other"}) {
            for (const int bits : {0, 1, 2, 3}) {
              Trigger trigger = by(actor, event, ref);
              trigger.input = input;
              trigger.fork = (bits & 1) != 0;
              trigger.has_key = (bits & 2) != 0;
              const ModeDecision decision = decide_mode(request, trigger);
              ++combinations;

              const bool stranger = trigger.fork || trigger.actor == "dependabot[bot]" ||
                                    trigger.event == "pull_request_target";
              EXPECT_FALSE(decision.reason.empty());
              if (stranger || request == kMock) {
                EXPECT_EQ(answer(decision), "mock") << decision.reason;
              } else if (request == kReal) {
                EXPECT_EQ(answer(decision), trigger.has_key ? "real" : "13") << decision.reason;
              }
              if (decision.mode == LlmMode::kReal && !decision.missing_key) {
                EXPECT_TRUE(trigger.has_key) << decision.reason;
              }
            }
          }
        }
      }
    }
  }
  EXPECT_EQ(combinations, 3 * 8 * 4 * 2 * 5 * 4);
}

}  // namespace
}  // namespace harness
