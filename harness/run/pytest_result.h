// The verdict on one test out of what our pytest plugin told of its phases. Pure.
#pragma once

#include <string>
#include <vector>

#include "harness/discover/pytest_messages.h"
#include "harness/run/judgement.h"

namespace harness {

// `phases` are set-up, call and teardown as far as they came. `directory`: files below it are named
// without it. `redactor` may be null.
Judgement judge_pytest(const std::vector<PytestMessage>& phases, const std::string& directory,
                       const redact::Redactor* redactor = nullptr);

}  // namespace harness
