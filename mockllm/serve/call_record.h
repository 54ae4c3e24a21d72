// One call from its answer to its end: in the journal, in the session's and alias's open calls, in
// the metrics. Owned by what the engine owns; whatever ends it, it is finished exactly once.
#pragma once

#include <cstdint>
#include <memory>

#include "common/http/handler.h"
#include "mockllm/journal/journal.h"
#include "mockllm/serve/metrics.h"
#include "mockllm/session/sessions.h"

namespace mockllm {

class CallRecord {
 public:
  // Adds `call` to the journal. `journal` and `metrics` outlive it.
  CallRecord(Journal& journal, Metrics& metrics, Call&& call, OpenCall&& open);
  CallRecord(CallRecord&&) noexcept;
  CallRecord& operator=(CallRecord&&) = delete;
  CallRecord(const CallRecord&) = delete;
  CallRecord& operator=(const CallRecord&) = delete;
  // A call that was given up before the engine could tell how it went: the client is gone.
  ~CallRecord();

  // The journal's entry, nullptr where it has fallen out of the ring.
  [[nodiscard]] Call* call() const;
  void finish(const http::Delivered& delivered);

 private:
  Journal* journal_;  // null once finished or moved from
  Metrics* metrics_;
  std::uint64_t seq_;
  OpenCall open_;
};

}  // namespace mockllm
