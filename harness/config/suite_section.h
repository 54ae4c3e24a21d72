// What a suite runs, which tests are in quarantine, and which share a resource, as harness.yaml
// says it. Private to the room.
#pragma once

#include "harness/config/config.h"
#include "harness/config/section.h"

namespace harness {

// A path, or a command and how its results are told; `suite.kind` is known.
void read_suite_tests(const Section& section, Mistakes& mistakes, SuiteConfig& suite);

QuarantineConfig read_quarantine(const yaml::Node& node, Mistakes& mistakes);

SerialConfig read_serial(const yaml::Node& node, Mistakes& mistakes);

}  // namespace harness
