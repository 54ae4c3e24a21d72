// What is tested: the commit and the branch that a run is kept by.
#pragma once

#include <string>

#include "common/base/env.h"

namespace harness {

// Each is empty where it is not known: outside of a checkout, and the branch of a HEAD that is on
// none.
struct Revision {
  std::string commit;
  std::string branch;
};

// By GitHub's variables (GITHUB_SHA; GITHUB_HEAD_REF, else GITHUB_REF_NAME), and what they do not
// tell by HEAD of the checkout around `directory`.
Revision revision_of(const base::Environment& environment, const std::string& directory);

}  // namespace harness
