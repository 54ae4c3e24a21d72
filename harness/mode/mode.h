// mode: mock or real LLM, one pure function of what triggered the run. Its truth table is its test.
//
// May include: common/base.
#pragma once

#include <string>
#include <string_view>

#include "common/base/env.h"
#include "common/base/error.h"

namespace harness {

enum class LlmRequest { kMock, kReal, kAuto };  // --llm, llm.mode
enum class LlmMode { kMock, kReal };
std::string_view name_of(LlmMode mode);  // "mock", "real"

struct Trigger {
  std::string event;  // push, pull_request, merge_group, schedule, workflow_dispatch, ...; empty on
                      // a laptop
  std::string ref;    // refs/heads/main
  std::string default_branch = "main";
  bool fork = false;     // the code comes, or may come, from another repository
  std::string actor;     // dependabot[bot]
  std::string input;     // of workflow_dispatch: mock, real or auto
  bool has_key = false;  // a key of a real LLM is there
};

struct ModeDecision {
  LlmMode mode = LlmMode::kMock;
  std::string reason;        // "event pull_request"
  bool missing_key = false;  // real was demanded and there is no key: exit 13
};

// Code of strangers never meets the real LLM, whatever is asked for; then the request decides, then
// a manual run's input, then the event. Real only by the event (kAuto) falls back to mock without a
// key, real by a person's word does not.
ModeDecision decide_mode(LlmRequest request, const Trigger& trigger);

inline constexpr std::string_view kDefaultKeyVariable = "OPENAI_API_KEY";

// From GitHub's variables and event file, if any. `key_variable` is where a real LLM's key would
// be. A pull request whose origin cannot be told counts as a fork's. kInvalidInput: the event file
// is not readable, or a manual run's input `llm` is none of mock, real, auto.
base::Result<Trigger> read_trigger(const base::Environment& environment,
                                   std::string_view key_variable = kDefaultKeyVariable);

}  // namespace harness
