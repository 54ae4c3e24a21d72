// setup: the way of a project to its first harness.yaml: written from what lies in its folder, or
// from the ci/config.yaml that it has.
//
// Doors: init_verb(), import_verb(). Nothing of the project is run, and nothing is sent anywhere.
// May include: common/{base,yaml}, harness/{suite,config,discover,verbs}.
#pragma once

#include <string>

#include "harness/verbs/verb.h"

namespace harness {

struct InitOptions {
  std::string directory = ".";          // the project; the file's paths start here
  std::string output = "harness.yaml";  // a name in it
  bool force = false;                   // over a file that is there
};

// Writes the file and says on stderr what was found and what to do next. 0 written, 2 where a file
// is there already, nothing was found to test, or it cannot be written.
int init_verb(const InitOptions& options, const VerbContext& context);

}  // namespace harness
