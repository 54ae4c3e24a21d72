// From services that are up to what others are told of them. Pure but for the random keys. Private
// to the room.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "common/base/env.h"
#include "harness/config/config.h"
#include "harness/service/services.h"

namespace harness {

// "db.url", "db.host", "db.port" of a service with a URL; of mockllm also base_url, and `key`.
void add_values(Values& values, const ServiceAddress& address, const std::string& key);

std::string new_llm_key();

// One alias per application that calls this mockllm: each can be pointed at another attempt.
std::vector<std::pair<std::string, std::string>> llm_keys(const Config& config,
                                                          const ServiceConfig& llm,
                                                          const base::Environment& environment);

}  // namespace harness
