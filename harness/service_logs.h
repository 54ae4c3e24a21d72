// What the services of a run wrote, from its private folder to its report folder.
#pragma once

#include <memory>
#include <string>

#include "common/redact/redactor.h"

namespace harness {

// Copies each *.log of `from` into `to`, redacted and capped as a test's log is. A service writes
// into its file by itself, and says what it likes of what it was given: such a file is not shown
// before it has passed here. Without a `redactor` nothing is copied.
void publish_service_logs(const std::string& from, const std::string& to,
                          const std::shared_ptr<const redact::Redactor>& redactor);

}  // namespace harness
