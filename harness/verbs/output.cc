#include "harness/verbs/output.h"

#include <cerrno>
#include <string>
#include <system_error>

#include "common/base/file.h"
#include "harness/suite/exit_code.h"

namespace harness {

int write_data(int out, int err, std::string_view text) {
  const base::Result<void> written = base::write_all(out, text);
  if (written || written.error().message.ends_with(std::generic_category().message(EPIPE))) {
    return code_of(ExitCode::kPassed);
  }
  (void)base::write_all(err, "harness: stdout: " + written.error().message + "\n");
  return code_of(ExitCode::kInternalError);
}

}  // namespace harness
