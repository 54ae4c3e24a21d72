// What the allocator does with big blocks. Called once by main, before any thread starts.
#pragma once

namespace http {

// A request of 200 KB lives in a block above malloc's default mmap threshold: each one would map
// fresh pages, fault them in and unmap them (2.2k requests/s instead of 5.1k). From here on blocks
// up to 64 MiB come from the heap, and up to 64 MiB of free heap are kept.
void keep_big_blocks();

}  // namespace http
