// A broken promise of our own code ends the program with file, line and expression: going on would
// report something that is not known to be true. Never for input.
#pragma once

namespace base {

[[noreturn]] void check_failed(const char* file, int line, const char* expression);

}  // namespace base

#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::base::check_failed(__FILE__, __LINE__, #condition))
