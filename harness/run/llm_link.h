// The run's line to mockllm's control API: sessions, aliases, journals. Blocking: on the worker
// only.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/error.h"
#include "common/http/client/client.h"
#include "common/redact/redactor.h"
#include "harness/run/event.h"
#include "harness/service/services.h"

namespace harness {

// The calls of one session: the first ones as a person reads them, and how many there were.
struct SessionCalls {
  std::vector<LlmCall> calls;
  std::int64_t total = 0;
  std::int64_t misses = 0;
};

// "<run>.start.0": its calls are the run's.
std::string start_session(const std::string& run);

class LlmLink {
 public:
  // `token` may be empty, `redactor` null: it cleans what calls_of() tells.
  static base::Result<LlmLink> make(const std::string& url, std::string token,
                                    std::shared_ptr<const redact::Redactor> redactor = nullptr);

  base::Result<void> make_session(const std::string& session);
  // False: a call of the former session is still open.
  base::Result<bool> point_alias(const std::string& alias, const std::string& session, bool force);
  // Every alias of `llm` to the session of calls before the first attempt.
  base::Result<void> point_to_start(const ServiceAddress& llm, const std::string& run);
  base::Result<SessionCalls> calls_of(const std::string& session);

 private:
  LlmLink(http::Client client, std::string token, std::shared_ptr<const redact::Redactor> redactor)
      : client_(std::move(client)),
        token_(std::move(token)),
        redactor_(std::move(redactor)) {}

  base::Result<http::ClientResponse> send(std::string method, std::string path, std::string body);

  http::Client client_;
  std::string token_;
  std::shared_ptr<const redact::Redactor> redactor_;
};

// A journal of mockllm (contracts 5). Pure. `redactor` may be null.
base::Result<SessionCalls> parse_calls(std::string_view journal,
                                       const redact::Redactor* redactor = nullptr);

}  // namespace harness
