#include "common/http/input.h"

#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include <algorithm>
#include <utility>

#include "common/base/check.h"

namespace http {
namespace {

constexpr std::size_t kFreeBytesMin = 4 * 1024;    // a read is worth at least this
constexpr std::size_t kTrustedBytes = 256 * 1024;  // made for an announced body at once
constexpr std::size_t kGrowth = 4;                 // beyond: this many times what has come

}  // namespace

Input::Read Input::receive(int fd, std::size_t wanted, std::size_t& received) {
  make_room(wanted);
  const std::size_t space = block_.capacity - end_;
  ssize_t count = 0;
  do {
    count = ::recv(fd, block_.data.get() + end_, space, 0);
  } while (count < 0 && errno == EINTR);
  received = count > 0 ? static_cast<std::size_t>(count) : 0;
  end_ += received;
  if (count > 0) {
    return received < space ? Read::kDrained : Read::kSome;
  }
  if (count == 0) {
    return Read::kEnded;
  }
  return errno == EAGAIN || errno == EWOULDBLOCK ? Read::kBlocked : Read::kFailed;
}

void Input::consume(std::size_t count) {
  CHECK(count <= end_ - begin_);
  begin_ += count;
}

void Input::release_if_empty() {
  if (empty()) {
    release();
  }
}

void Input::release() {
  if (block_.data != nullptr) {
    pool_->give(std::exchange(block_, {}));
  }
  begin_ = 0;
  end_ = 0;
}

void Input::make_room(std::size_t wanted) {
  if (block_.data == nullptr) {
    block_ = pool_->take_block();
  }
  const std::size_t held = end_ - begin_;
  const std::size_t trusted = std::max(kTrustedBytes, held * kGrowth);
  // One byte more than wanted, so that a body that fits is seen to have ended in the same read.
  const std::size_t needed =
      std::max(held + kFreeBytesMin, std::min(wanted == 0 ? 0 : wanted + 1, trusted));
  if (begin_ + needed <= block_.capacity) {
    return;
  }
  if (needed <= block_.capacity) {
    ::memmove(block_.data.get(), block_.data.get() + begin_, held);
  } else {
    Block bigger =
        BufferPool::make_block(std::max(needed, wanted == 0 ? 2 * block_.capacity : needed));
    ::memcpy(bigger.data.get(), block_.data.get() + begin_, held);
    pool_->give(std::exchange(block_, std::move(bigger)));
  }
  begin_ = 0;
  end_ = held;
}

}  // namespace http
