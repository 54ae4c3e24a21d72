#include "harness/process/intake.h"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

namespace harness {
namespace {

constexpr std::size_t kBlock = 64 * 1024;

}  // namespace

base::Result<base::UniqueFd> Intake::open() {
  int ends[2];
  if (::pipe2(ends, O_CLOEXEC) != 0) {
    return base::system_error("cannot make a pipe", errno);
  }
  fd_ = base::UniqueFd(ends[0]);
  ::fcntl(fd_.get(), F_SETFL, O_NONBLOCK);
  return base::UniqueFd(ends[1]);
}

void Intake::drain() {
  std::array<char, kBlock> block{};
  while (fd_.valid()) {
    const ssize_t got = ::read(fd_.get(), block.data(), block.size());
    if (got < 0 && errno == EINTR) {
      continue;
    }
    if (got == 0) {
      fd_.reset();
    }
    if (got <= 0) {
      return;
    }
    take(std::string_view(block.data(), static_cast<std::size_t>(got)));
  }
}

std::string_view Intake::text() const {
  const std::string_view all = text_;
  return all.substr(all.size() - std::min(all.size(), bytes_max_));
}

void Intake::take(std::string_view bytes) {
  if (keep_ == Keep::kFirst) {
    text_ += bytes.substr(0, std::min(bytes.size(), bytes_max_ - text_.size()));
    return;
  }
  text_ += bytes;
  if (text_.size() > 2 * bytes_max_) {
    text_.erase(0, text_.size() - bytes_max_);
  }
}

}  // namespace harness
