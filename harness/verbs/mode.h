// `harness mode`: mock or real, as `harness run` would decide it here.
#pragma once

#include <optional>
#include <string>

#include "harness/mode/mode.h"
#include "harness/verbs/verb.h"

namespace harness {

struct ModeOptions {
  ConfigSource config = {};
  std::optional<LlmChoice> llm = {};  // --llm, over the file's llm.mode
  std::string key_variable = std::string(kDefaultKeyVariable);
};

// The decision of a run, also used by it.
base::Result<ModeDecision> mode_of(LlmChoice choice, const base::Environment& environment,
                                   std::string_view key_variable = kDefaultKeyVariable);

// "mock" or "real" on stdout, the reason on stderr; with --json {"mode", "reason", "missing_key"}.
// 13 where real is demanded and there is no key.
int mode_verb(const ModeOptions& options, const VerbContext& context);

}  // namespace harness
