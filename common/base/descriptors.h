// The descriptors that a program is started with.
#pragma once

#include "common/base/error.h"

namespace base {

// To be called before anything is opened. Where 0, 1 or 2 is closed (`>&-`), the next file that is
// opened would take its number, and what is said on stdout would be written into that file. Each
// that is closed becomes /dev/null.
Result<void> fill_standard_descriptors();

}  // namespace base
