// Who we are at this moment: tokens and certificates that may change under way.
#pragma once

#include <string>

#include "common/base/clock.h"
#include "harness/kube/access.h"

namespace harness {

struct Proof {
  std::string token;
  std::string client_certificate;  // PEM, with client_key
  std::string client_key;
};

base::Result<Proof> current_proof(const KubeCredentials& credentials, const base::Clock& clock);

// The server answered 401. True where asking again may give another proof.
bool renew_proof(const KubeCredentials& credentials, const Proof& refused);

// A header cannot carry a line end, and no token has a blank.
[[nodiscard]] bool is_token(std::string_view text);

}  // namespace harness
