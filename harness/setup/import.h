// `harness import ci-config`: the ci/config.yaml of earlier pipelines as a harness.yaml.
#pragma once

#include <string>

#include "harness/verbs/verb.h"

namespace harness {

struct ImportOptions {
  std::string file = "ci/config.yaml";
  std::string output = {};  // empty: stdout
  bool force = false;       // over a file that is there
};

// The project is the folder above that of `file`. Each key that has no equal in harness.yaml is
// told on stderr and as a comment of the output, with file:line:column. 0, or 2 where the file is
// wrong or the output cannot be written.
int import_verb(const ImportOptions& options, const VerbContext& context);

}  // namespace harness
