// Memory for bytes on their way in and out, kept and reused by one loop. An idle connection holds
// none.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

namespace http {

// A block of memory that is never initialised.
struct Block {
  std::unique_ptr<char[]> data;
  std::size_t capacity = 0;
};

class BufferPool {
 public:
  static constexpr std::size_t kBlockBytes = 16 * 1024;

  // The most recently returned one first: its lines are still in the processor's cache.
  Block take_block();
  // Keeps standard blocks up to a limit; bigger ones go back to the allocator.
  void give(Block block);
  static Block make_block(std::size_t capacity);

  std::string take_string();
  void give(std::string text);

 private:
  static constexpr std::size_t kBlocksMax = 256;
  static constexpr std::size_t kStringsMax = 64;
  static constexpr std::size_t kStringBytesMax = 256 * 1024;  // bigger ones are freed

  std::vector<Block> blocks_;
  std::vector<std::string> strings_;
};

}  // namespace http
