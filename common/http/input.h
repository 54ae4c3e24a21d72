// What a connection has received and not yet used: one piece of memory that grows with what
// arrives.
#pragma once

#include <cstddef>
#include <span>

#include "common/http/buffer.h"

namespace http {

class Input {
 public:
  enum class Read {
    kSome,     // bytes came; there may be more
    kDrained,  // bytes came, and the socket was empty after them
    kBlocked,  // nothing there
    kEnded,    // the peer has ended its side
    kFailed,   // reset
  };

  explicit Input(BufferPool& pool) : pool_(&pool) {}

  Input(const Input&) = delete;
  Input& operator=(const Input&) = delete;

  ~Input() { release(); }

  // One recv(2) into the free space. Before it, the space is made at least `wanted` bytes where
  // that is not far more than what has come: a client pays for memory with bytes.
  Read receive(int fd, std::size_t wanted, std::size_t& received);

  [[nodiscard]] std::span<char> bytes() const {
    return {block_.data.get() + begin_, end_ - begin_};
  }

  [[nodiscard]] bool empty() const { return begin_ == end_; }

  void consume(std::size_t count);
  // Gives the memory back where no bytes are held.
  void release_if_empty();

 private:
  void make_room(std::size_t wanted);
  void release();

  BufferPool* pool_;
  Block block_;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace http
