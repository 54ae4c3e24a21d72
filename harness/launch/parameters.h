// The parameters that a Job template may use, and what each may be. The head of
// scripts/ci/test-job-template.yaml says the same to who writes one.
#pragma once

#include <string>

#include "common/base/error.h"
#include "harness/launch/template.h"

namespace harness {

// kInvalidInput with every value that is out of its range: its flag, the value, what was expected.
base::Result<void> check_parameters(const TemplateValues& values);

}  // namespace harness
