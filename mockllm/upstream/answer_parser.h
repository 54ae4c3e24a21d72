// From the bytes of an upstream's answer to a head and pieces of a body, with limits.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "common/base/error.h"
#include "mockllm/upstream/upstream.h"

namespace mockllm {

class AnswerParser {
 public:
  // Told as the bytes are read; head() once, for the first answer that is not 1xx.
  class Listener {
   public:
    virtual ~Listener() = default;
    virtual void on_head(UpstreamHead head) = 0;
    virtual void on_body(std::string_view bytes) = 0;
  };

  // `listener` outlives it.
  AnswerParser(const UpstreamLimits& limits, Listener& listener);
  ~AnswerParser();

  // The next bytes, in any pieces. kInvalidInput: not HTTP/1, or over a limit.
  base::Result<void> read(std::string_view bytes);
  // The connection has ended. kUnavailable: before the answer had.
  base::Result<void> read_end();

  // The answer is whole; bytes after it are not looked at.
  [[nodiscard]] bool done() const { return done_; }

 private:
  class Sink;

  void start();

  const UpstreamLimits& limits_;
  Listener& listener_;
  std::unique_ptr<Sink> sink_;
  std::string unread_;  // a line that has not ended yet
  int interim_ = 0;     // 1xx answers so far
  bool done_ = false;
};

}  // namespace mockllm
