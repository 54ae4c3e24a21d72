#include "common/http/buffer.h"

#include <memory>
#include <utility>

namespace http {

Block BufferPool::make_block(std::size_t capacity) {
  Block block;
  block.data = std::make_unique_for_overwrite<char[]>(capacity);
  block.capacity = capacity;
  return block;
}

Block BufferPool::take_block() {
  if (blocks_.empty()) {
    return make_block(kBlockBytes);
  }
  Block block = std::move(blocks_.back());
  blocks_.pop_back();
  return block;
}

void BufferPool::give(Block block) {
  if (block.capacity == kBlockBytes && blocks_.size() < kBlocksMax) {
    blocks_.push_back(std::move(block));
  }
}

std::string BufferPool::take_string() {
  if (strings_.empty()) {
    return {};
  }
  std::string text = std::move(strings_.back());
  strings_.pop_back();
  return text;
}

void BufferPool::give(std::string text) {
  if (text.capacity() <= kStringBytesMax && strings_.size() < kStringsMax) {
    text.clear();
    strings_.push_back(std::move(text));
  }
}

}  // namespace http
