// One run with something of everything, for the approved texts of this folder; and the comparison
// with them.
#pragma once

#include <gtest/gtest.h>

#include <string>

#include "harness/verdict/results.h"

namespace harness {

RunResults example_run();

// Fails where `text` is not what stands in approved/<name> beside this file. With
// DRYDOCK_UPDATE_APPROVED set it is written there first, for a person to review.
void expect_approved(const std::string& name, const std::string& text);

}  // namespace harness
