// Every value that a file gives, by its name and with its place. Private to the room.
#pragma once

#include <vector>

#include "common/yaml/reader.h"
#include "harness/config/config.h"

namespace harness {

// Appends what `root`, a file without mistakes, says: "suites.agent.timeout" is 30s at h.yaml:9:40.
// A list of texts is one value. Names that `settings` has already are left as they are there.
void append_settings(const yaml::Node& root, std::vector<Setting>& settings);

}  // namespace harness
