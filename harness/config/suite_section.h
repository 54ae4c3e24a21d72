// What a suite runs, which tests are in quarantine, and which share a resource, as harness.yaml
// says it. Private to the room.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/config/config.h"
#include "harness/config/section.h"

namespace harness {

// A path, or a command and how its results are told; `suite.kind` is known.
void read_suite_tests(const Section& section, Mistakes& mistakes, SuiteConfig& suite);

// A list of names, none of them empty, each mistake told at its item. `what`: "a tag".
std::vector<std::string> read_names(const Section& section, std::string_view key,
                                    std::string_view punctuation, std::string_view what,
                                    Mistakes& mistakes);

QuarantineConfig read_quarantine(const yaml::Node& node, Mistakes& mistakes);

SerialConfig read_serial(const yaml::Node& node, Mistakes& mistakes);

}  // namespace harness
