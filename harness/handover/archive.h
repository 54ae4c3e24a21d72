// The files of a report folder as one stream of bytes, and back: a tar, written and read by
// libarchive.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/error.h"

namespace harness {

inline constexpr std::size_t kArchiveBytesMax = 256 * 1024 * 1024;
inline constexpr std::size_t kArchiveFilesMax = 100'000;

// Regular files below `directory`/{logs,artifacts}, largest last, to `out`. Files that do not fit
// into kArchiveBytesMax are left out and named by the result's error after everything else was
// written.
base::Result<void> write_archive(const std::string& directory, int out);

// Only regular files with relative paths that stay inside `directory`; anything else is an error,
// and ends the reading. The stream comes from a pod: whoever wrote it may be hostile.
base::Result<void> extract_archive(std::string_view bytes, const std::string& directory);

}  // namespace harness
