// The JSON Schema of harness.yaml, docs/harness.schema.json.
#pragma once

#include <string_view>

namespace harness {

// It refuses nothing that parse_config() takes, and lets pass only what no single value can tell:
// names that must exist, and the like.
std::string_view config_schema();

}  // namespace harness
