#include "common/http/memory.h"

#include <malloc.h>

namespace http {

void keep_big_blocks() {
  constexpr int kBytes = 64 * 1024 * 1024;
  ::mallopt(M_MMAP_THRESHOLD, kBytes);
  ::mallopt(M_TRIM_THRESHOLD, kBytes);
}

}  // namespace http
