// Files that a test left in DRYDOCK_ARTIFACTS_DIR, on their way to the report folder: redacted and
// capped.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/redact/redactor.h"

namespace harness {

inline constexpr std::size_t kArtifactBytesMax = 16 * 1024 * 1024;  // of one file
inline constexpr std::size_t kArtifactsMax = 200;                   // files of one attempt

// Copies regular files, also of folders, never what a link points at. `to` is made where there is
// something. What is over a limit is named in `to`/LEFT_OUT.txt. `redactor` may be null.
void collect_artifacts(const std::string& from, const std::string& to,
                       const std::shared_ptr<const redact::Redactor>& redactor);

}  // namespace harness
