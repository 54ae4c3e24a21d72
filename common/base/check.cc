#include "common/base/check.h"

#include <cstdio>
#include <cstdlib>

namespace base {

void check_failed(const char* file, int line, const char* expression) {
  std::fprintf(stderr, "%s:%d: internal error: CHECK(%s) does not hold\n", file, line, expression);
  std::abort();
}

}  // namespace base
