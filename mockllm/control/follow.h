// GET /_mock/journal?follow=1: each finished call as one server-sent event, for as long as somebody
// reads.
#pragma once

#include <cstddef>
#include <list>
#include <memory>

#include "common/http/handler.h"
#include "mockllm/journal/journal.h"

namespace mockllm {

// The streams that are open. Outlived by none of them.
class Followers {
 public:
  Followers(Journal& journal, std::size_t count_max, std::size_t bytes_max)
      : journal_(journal),
        count_max_(count_max),
        bytes_max_(bytes_max) {}

  // 503 above count_max. Who reads slower than calls come is cut off at bytes_max, with a comment
  // that says so.
  [[nodiscard]] http::Response follow(http::Waker waker);
  // Ends all streams, so that a server that drains does not wait for them.
  void end_all();

 private:
  class Stream;

  Journal& journal_;
  std::size_t count_max_;
  std::size_t bytes_max_;
  std::list<Stream*> open_;
};

}  // namespace mockllm
