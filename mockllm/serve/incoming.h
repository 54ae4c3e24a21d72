// What the headers of a call say, read in one pass.
#pragma once

#include <string_view>

#include "common/http/message.h"
#include "mockllm/fixture/fixture.h"
#include "mockllm/session/sessions.h"

namespace mockllm {

struct Incoming {
  SelectionInput selection;
  std::string_view idempotency_key;
  int retry = 0;  // x-stainless-retry-count
};

// Views into `request` and `prefix`, the session that the path names.
[[nodiscard]] Incoming read_incoming(const http::Request& request, std::string_view prefix);

// The request's headers, for fixtures that ask for one.
class RequestHeaders final : public HeaderSource {
 public:
  explicit RequestHeaders(const http::Request& request) : request_(&request) {}

  [[nodiscard]] std::string_view header(std::string_view name) const override {
    return request_->header(name);
  }

 private:
  const http::Request* request_;
};

}  // namespace mockllm
