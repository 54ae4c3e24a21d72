#include "harness/mode/mode.h"

#include <optional>
#include <utility>

namespace harness {
namespace {

constexpr std::string_view kDependabot = "dependabot[bot]";

ModeDecision mock(std::string reason) {
  return {LlmMode::kMock, std::move(reason), false};
}

// Why this trigger may never use the real LLM: what runs was not written by someone with write
// access.
std::optional<std::string> stranger(const Trigger& trigger) {
  if (trigger.event == "pull_request_target") {
    return "event pull_request_target runs a stranger's code beside the repository's secrets";
  }
  if (trigger.fork) {
    return "event " + trigger.event + " from a fork";
  }
  if (trigger.actor == kDependabot) {
    return "event " + trigger.event + " by " + trigger.actor;
  }
  return std::nullopt;
}

bool on_default_branch(const Trigger& trigger) {
  return trigger.ref == "refs/heads/" + trigger.default_branch;
}

// Somebody said real: without a key that is an error, not a mock run.
ModeDecision demanded(const Trigger& trigger, const std::string& by) {
  if (!trigger.has_key) {
    return {LlmMode::kReal, by + ", but there is no key of a real LLM", true};
  }
  return {LlmMode::kReal, by, false};
}

ModeDecision by_branch(const Trigger& trigger) {
  if (!on_default_branch(trigger)) {
    return mock("event " + trigger.event + " on " + (trigger.ref.empty() ? "no ref" : trigger.ref) +
                ", not " + trigger.default_branch);
  }
  const std::string reason = "event " + trigger.event + " on " + trigger.default_branch;
  if (!trigger.has_key) {
    return mock(reason + " would be real, but there is no key of a real LLM");
  }
  return {LlmMode::kReal, reason, false};
}

ModeDecision by_input(const Trigger& trigger) {
  const std::string chosen = "input of " + trigger.event + ": " + trigger.input;
  if (trigger.input == "real") {
    return demanded(trigger, chosen);
  }
  if (trigger.input.empty() || trigger.input == "auto") {
    return by_branch(trigger);
  }
  return mock(trigger.input == "mock" ? chosen : chosen + " is none of mock, real, auto");
}

ModeDecision by_event(const Trigger& trigger) {
  if (trigger.event.empty()) {
    return mock("no event");
  }
  if (trigger.event == "workflow_dispatch") {
    return by_input(trigger);
  }
  if (trigger.event == "push" || trigger.event == "schedule") {
    return by_branch(trigger);
  }
  return mock("event " + trigger.event);  // pull_request, merge_group and whatever comes
}

}  // namespace

std::string_view name_of(LlmMode mode) {
  return mode == LlmMode::kReal ? "real" : "mock";
}

ModeDecision decide_mode(LlmRequest request, const Trigger& trigger) {
  if (std::optional<std::string> why = stranger(trigger)) {
    const bool refused = request == LlmRequest::kReal || trigger.input == "real";
    return mock(*std::move(why) + (refused ? ": never real, though real was asked for" : ""));
  }
  switch (request) {
    case LlmRequest::kMock:
      return mock("mock was asked for");
    case LlmRequest::kReal:
      return demanded(trigger, "real was asked for");
    case LlmRequest::kAuto:
      break;
  }
  return by_event(trigger);
}

}  // namespace harness
