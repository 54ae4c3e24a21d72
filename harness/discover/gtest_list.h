// What a GoogleTest binary says its tests are: the JSON it writes, or the text of older versions.
// Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "harness/suite/test_case.h"

namespace harness {

base::Result<std::vector<TestCase>> parse_gtest_json(std::string_view text,
                                                     const std::string& suite);

// Lines before the first suite are a banner and are skipped; after it, each line is a suite or a
// test.
base::Result<std::vector<TestCase>> parse_gtest_text(std::string_view text,
                                                     const std::string& suite);

// "Suite.DISABLED_Test", "DISABLED_Suite.Test", "Instance/DISABLED_Suite.Test/0".
bool is_disabled_name(std::string_view name);

}  // namespace harness
