#include "common/base/file.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>
#include <string>

#include "harness/ready/probe.h"

namespace harness {

// Opened and not only looked at: whoever waits for it will read it. Without blocking, or a named
// pipe would hold us.
ProbeResult probe_file(const std::string& path) {
  const base::UniqueFd file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!file.valid()) {
    const int code = errno;
    const bool may_come = code == ENOENT || code == EINTR || code == ENFILE || code == EMFILE;
    return {may_come ? Readiness::kNotYet : Readiness::kNever,
            code == ENOENT ? "is not there" : base::system_error("cannot be read", code).message};
  }

  struct stat facts {};

  if (::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
    return {Readiness::kNever, "is not a file with contents"};
  }
  if (facts.st_size == 0) {
    return {Readiness::kNotYet, "is empty"};
  }
  return {Readiness::kReady, std::to_string(facts.st_size) + " bytes"};
}

}  // namespace harness
