// `harness secrets generate`: the Secrets that a namespace needs, made where they are missing. What
// is there stays as it is, so that a second call changes nothing; no value is ever printed.
#pragma once

#include <string>
#include <vector>

#include "harness/kube/access.h"
#include "harness/verbs/verb.h"

namespace harness {

struct SecretsOptions {
  KubeAccessSource cluster = {};
  std::string namespace_name = {};        // empty: the context's
  std::vector<std::string> secrets = {};  // "NAME=KEY[,KEY]..."
};

// Each value is 40 letters and digits from the kernel's generator (over 160 bits), safe in a URL.
// 0; 2 where an argument or the cluster's access is wrong; 11 where the API server says no.
int secrets_verb(const SecretsOptions& options, const VerbContext& context);

}  // namespace harness
