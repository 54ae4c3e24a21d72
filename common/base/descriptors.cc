#include "common/base/descriptors.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace base {

Result<void> fill_standard_descriptors() {
  for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; ++fd) {
    if (::fcntl(fd, F_GETFD) != -1 || errno != EBADF) {
      continue;
    }
    // The lowest free number, and all below are taken by now. Inherited by children, as these are.
    if (::open("/dev/null", fd == STDIN_FILENO ? O_RDONLY : O_WRONLY) != fd) {
      return system_error("cannot open /dev/null in place of a closed descriptor", errno);
    }
  }
  return {};
}

}  // namespace base
