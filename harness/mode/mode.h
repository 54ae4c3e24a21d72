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

struct Trigger {
  std::string event;        // push, pull_request, merge_group, schedule, workflow_dispatch, ...; empty on a laptop
  std::string ref;          // refs/heads/main
  std::string default_branch = "main";
  bool fork = false;        // the head of a pull request is another repository
  std::string actor;        // dependabot[bot]
  std::string input;        // of workflow_dispatch: mock, real or auto
  bool has_key = false;     // a key of a real LLM is there
};

struct ModeDecision {
  LlmMode mode = LlmMode::kMock;
  std::string reason;       // "event pull_request"
  bool missing_key = false; // real was demanded and there is no key: exit 13
};

ModeDecision decide_mode(LlmRequest request, const Trigger& trigger);

// From GitHub's variables and event file, if any.
base::Result<Trigger> read_trigger(const base::Environment& environment);

}  // namespace harness
