// What a child writes into a pipe, as far as somebody wants to know: its first bytes or its last.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "common/base/error.h"
#include "common/base/file.h"

namespace harness {

class Intake {
 public:
  enum class Keep { kFirst, kLast };

  // At most so many bytes are kept. What is more is read all the same: no child waits for us.
  Intake(std::size_t bytes_max, Keep keep) : bytes_max_(bytes_max), keep_(keep) {}

  // Makes the pipe; once. Gives the end for the child, which the caller closes when the child runs.
  base::Result<base::UniqueFd> open();

  // Takes what is there, and waits for nothing.
  void drain();

  // Readable when there is something to drain; -1 once every writer has closed its end.
  [[nodiscard]] int fd() const { return fd_.get(); }

  [[nodiscard]] std::string_view text() const;

 private:
  void take(std::string_view bytes);

  std::size_t bytes_max_;
  Keep keep_;
  base::UniqueFd fd_;
  std::string text_;  // up to twice as much where the last is kept, so that it seldom moves
};

}  // namespace harness
