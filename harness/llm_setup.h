// How a run's mockllm is found, and put in front of a real LLM.
#pragma once

#include <string>

#include "common/base/env.h"
#include "harness/config/config.h"
#include "harness/service/services.h"

namespace harness {

// The one of the flag, else the one beside this program; empty: PATH is searched.
std::string mockllm_program(const std::string& flag, const std::string& own_path);

// mockllm stands in front of the real service too: sessions and journals stay as they are, and its
// key is in no other process. Fixtures and cassettes would answer in the service's place, so they
// are taken away. kInvalidInput: the mockllm is not started by this run. `reason` is the mode's.
base::Result<void> pass_to_real_llm(Config& config, const base::Environment& environment,
                                    const std::string& reason);

// What is done as soon as a mockllm is ready, before an application starts: what that asks while it
// does is the run's.
Services::Ready pointing_to_start(std::string control_token, std::string run);

// What a local mockllm is started with for that.
void ask_upstream(Services::Options& options, const base::Environment& environment,
                  const std::string& key_variable);

}  // namespace harness
