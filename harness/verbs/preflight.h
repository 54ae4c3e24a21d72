// `harness preflight`: can a run from here reach a real LLM? Asked in a pod, before the tests,
// where a network policy is meant to keep them from it.
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include "harness/verbs/verb.h"

namespace harness {

// An address that was tried: tcp://host:port.
struct Reach {
  std::string url;
  bool answered = false;
  std::string said;  // "accepts connections", "connection refused", ...
};

enum class Confinement {
  kConfined,      // the control answers, the canary and every LLM do not
  kReachable,     // a real LLM answers
  kNotEnforced,   // none answers, but the canary does: the policy keeps nobody from anything
  kNothingShown,  // not even the control answers: it is no proof that the others do not
};
std::string_view name_of(Confinement confinement);  // "confined", "not enforced", ...

struct Preflight {
  Confinement confinement = Confinement::kNothingShown;
  std::string reason;  // one sentence
};

// Without a proof that an allowed address answers and that the policy closes one that would,
// silence says nothing.
Preflight judge_reach(const Reach& control, const Reach& canary, const std::vector<Reach>& llms);

struct PreflightOptions {
  std::string control;  // what the policy allows and what is up: a service of the run
  std::string canary;   // what is up and what the policy closes: a service of another namespace
  std::vector<std::string> llms = {"tcp://api.openai.com:443", "tcp://api.anthropic.com:443"};
  std::chrono::milliseconds timeout{3'000};  // of each address; all at once, again until then
};

// The word on stdout, each address and the reason on stderr; with --json {"confinement", "reason",
// "control", "canary", "llms"}. 0 confined, 11 a real LLM can be reached, 10 it is not shown that
// none can, 2 what is no tcp://host:port.
int preflight_verb(const PreflightOptions& options, const VerbContext& context);

}  // namespace harness
