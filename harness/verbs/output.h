// Data that a verb was asked for, on stdout.
#pragma once

#include <string_view>

namespace harness {

// Writes all of `text` to `out`. kVerbOk; where it cannot be written (a full disk behind `>file`)
// the code of an internal error, and why on `err`: a script must not take a part for the whole. A
// reader that went away has seen enough.
int write_data(int out, int err, std::string_view text);

}  // namespace harness
