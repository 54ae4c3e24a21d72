#include "harness/verbs/mode.h"

#include <nlohmann/json.hpp>

namespace harness {
namespace {

LlmRequest request_of(LlmChoice choice) {
  switch (choice) {
    case LlmChoice::kMock:
      return LlmRequest::kMock;
    case LlmChoice::kReal:
      return LlmRequest::kReal;
    case LlmChoice::kAuto:
      return LlmRequest::kAuto;
  }
  return LlmRequest::kAuto;
}

}  // namespace

base::Result<ModeDecision> mode_of(LlmChoice choice, const base::Environment& environment,
                                   std::string_view key_variable) {
  const base::Result<Trigger> trigger = read_trigger(environment, key_variable);
  if (!trigger) {
    return trigger.error();
  }
  return decide_mode(request_of(choice), *trigger);
}

int mode_verb(const ModeOptions& options, const VerbContext& context) {
  const base::Result<Config> config = load_if_there(options.config);
  if (!config) {
    tell(context, config.error().message);
    return kVerbUsage;
  }
  const base::Result<ModeDecision> decision =
      mode_of(options.llm.value_or(config->llm), context.environment, options.key_variable);
  if (!decision) {
    tell(context, decision.error().message);
    return kVerbUsage;
  }
  if (context.json) {
    print(context, nlohmann::ordered_json{{"mode", name_of(decision->mode)},
                                          {"reason", decision->reason},
                                          {"missing_key", decision->missing_key}}
                       .dump());
  } else if (!decision->missing_key) {
    print(context, name_of(decision->mode));
  }
  tell(context, "llm: " + decision->reason +
                    (decision->missing_key ? " (looked for in " + options.key_variable + ")" : ""));
  return decision->missing_key ? kVerbSecretMissing : kVerbOk;
}

}  // namespace harness
