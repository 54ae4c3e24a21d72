// Files that a test left in DRYDOCK_ARTIFACTS_DIR, on their way to the report folder: redacted and
// capped.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "common/redact/redactor.h"
#include "harness/run/event.h"

namespace harness {

inline constexpr std::size_t kArtifactBytesMax = 16 * 1024 * 1024;  // of one file
inline constexpr std::size_t kArtifactsMax = 200;                   // files of one attempt
inline constexpr std::size_t kArtifactNameBytesMax = 512;           // with its folders
inline constexpr std::size_t kLeftOutNamedMax = 1'000;              // files of one attempt

// Copies regular files below `from`, also of folders, never what a link points at, to
// `report_directory`/`folder`, which is made where there is something. What is left out is named in
// one file more, LEFT_OUT.txt. `redactor` may be null.
Artifacts collect_artifacts(const std::string& from, const std::string& report_directory,
                            const std::string& folder,
                            const std::shared_ptr<const redact::Redactor>& redactor);

}  // namespace harness
