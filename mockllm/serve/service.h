// serve: the way of a call. From an http::Request to an http::Answer: route, decode, session,
// ordinal, decision, journal, delivery.
//
// Doors: Service (the Handler of mockllm), router.h, metrics.h.
// May include: every room of mockllm but the vendors' wires, which main.cc hands in.
// Loop thread only.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "common/base/clock.h"
#include "common/base/log.h"
#include "common/http/handler.h"
#include "common/http/limits.h"
#include "mockllm/answer/answer.h"
#include "mockllm/cassette/cassette.h"
#include "mockllm/control/control.h"
#include "mockllm/journal/journal.h"
#include "mockllm/serve/call_record.h"
#include "mockllm/serve/incoming.h"
#include "mockllm/serve/metrics.h"
#include "mockllm/serve/responses.h"
#include "mockllm/serve/router.h"
#include "mockllm/session/sessions.h"
#include "mockllm/upstream/upstream.h"
#include "mockllm/wire/protocol.h"

namespace mockllm {

struct ServiceOptions {
  std::uint64_t seed = 0;
  std::string mode;                   // as people write it; told by /readyz
  std::vector<std::string> api_keys;  // empty: every key is good
  double cassette_speed = 0;          // of recorded times: 1 as recorded, 0 all at once
  bool log_calls = false;
};

// What the service works with. All of it outlives the service; null where it says so.
struct ServiceParts {
  std::vector<Protocol*> protocols;  // at least one; the first answers where no route is known
  const ModelPages* models = nullptr;
  Sessions* sessions = nullptr;
  Journal* journal = nullptr;
  Answerer* answerer = nullptr;
  Control* control = nullptr;
  Cassettes* cassettes = nullptr;  // may be null
  const base::Clock* clock = nullptr;
  const base::Log* log = nullptr;
};

class Service final : public http::Handler {
 public:
  Service(ServiceParts parts, ServiceOptions options);

  // Told once the server is there, which is made with this handler.
  void show(const http::Stats& stats) { stats_ = &stats; }

  void use_upstream(Upstream& upstream) { upstream_ = &upstream; }

  // A set that is served from now on, or one that could not be loaded: then the former one stays.
  void loaded(std::size_t fixtures, std::vector<std::string> models);
  void reload_failed(std::string message);

  http::Answer handle(const http::Request& request, const http::Waker& waker) override;
  http::Response refuse(int status, std::string_view limit, std::string_view message) override;

 private:
  // One call on its way: what the steps hand to each other.
  struct Way {
    const http::Request* request = nullptr;
    const http::Waker* waker = nullptr;
    Protocol* protocol = nullptr;
    base::MonoTime start;
    Incoming incoming;
    std::shared_ptr<Session> session;
    OpenCall open;
    Ordinal ordinal;
    std::uint64_t seed = 0;
    Call call;  // the journal's entry, filled as the call goes on
  };

  http::Answer api(const Route& route, const http::Request& request, const http::Waker& waker);
  http::Answer call(Way& way);
  http::Response models(const Route& route, const http::Request& request) const;
  http::Response metrics();
  http::Response ready() const;

  http::Answer answer(Way& way, const FixtureAnswer& answer);
  http::Answer answer(Way& way, CassetteAnswer answer);
  http::Answer answer(Way& way, UpstreamAnswer answer);
  http::Answer answer(Way& way, const MissAnswer& answer);
  http::Answer say(Way& way, const FixtureAnswer& answer);
  http::Response refused(Way& way, const WireError& error);
  http::Response fixture_error(Way& way, const ReplyError& error);

  [[nodiscard]] Protocol* protocol_for(std::string_view path) const;
  [[nodiscard]] bool is_good_key(std::string_view key) const;
  [[nodiscard]] ApiHead head_of(const Way& way) const;
  [[nodiscard]] ApiHead head_of(const http::Request& request) const;
  CallRecord record(Way& way);
  http::Response plain(Way& way, http::Response response);

  ServiceParts parts_;
  ServiceOptions options_;
  Metrics metrics_;
  Upstream* upstream_ = nullptr;
  const http::Stats* stats_ = nullptr;
  Prompt prompt_;  // reused: its lists keep their room from call to call
  std::size_t fixtures_ = 0;
  std::vector<std::string> models_;
  std::uint64_t reload_errors_ = 0;
  std::string reload_error_;  // empty where the last reload was good
};

}  // namespace mockllm
