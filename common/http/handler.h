// The seam between the engine and a program. Above it: no sockets, no threads, no sleeping. A
// handler returns data, and the engine sends it, waits, or cuts the connection.
//
// Threads: everything here is called on the one loop thread of its Server.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <variant>

#include "common/base/clock.h"
#include "common/http/message.h"

namespace http {

// What to do after the bytes that Exchange::next() appended have been queued.
struct Continue {};  // Ask again at once.

struct WaitUntil {
  base::MonoTime at;
};  // Ask again then (the tick wheel rounds up to its tick).

struct Park {};  // Ask again when the Waker is called.

struct End {};  // The response is complete.

struct Reset {};  // Send what is queued, then cut the connection without an end.

using Step = std::variant<Continue, WaitUntil, Park, End, Reset>;

// How an answer went out, measured by the engine from the request's last byte.
struct Delivered {
  base::Nanoseconds first_byte{};  // to the first byte handed to the kernel
  base::Nanoseconds total{};
  bool client_gone = false;  // the connection ended before the answer did
};

// One answer under way. Owned by the engine from handle() until finished(); destroyed right after.
// A client that hangs up ends it early: finished() then says client_gone.
class Exchange {
 public:
  virtual ~Exchange() = default;

  // Appends the next bytes of a streamed body to `out` (may append none) and says what comes after.
  // Called only for responses with `streamed`. The engine adds the chunked coding: bytes of all
  // calls that are due together leave in one write.
  virtual Step next(std::string& out, base::MonoTime now) {
    static_cast<void>(out);
    static_cast<void>(now);
    return End{};
  }

  // Called exactly once, also for answers that never started.
  virtual void finished(const Delivered& delivered) { static_cast<void>(delivered); }
};

struct Response {
  int status = 200;
  Headers headers = {};
  std::string body = {};                         // the whole body where not streamed
  bool streamed = false;                         // the body comes from exchange->next()
  bool close = false;                            // end the connection after this answer
  std::unique_ptr<Exchange> exchange = nullptr;  // may be null where not streamed
};

// A way to be asked again: for answers that wait for something outside (an upstream, another call's
// end). Copyable, callable on the loop thread only, harmless after the request is gone.
using Waker = std::function<void()>;

// An answer whose head is not known yet. Owned by the engine; destroyed early where the client
// hangs up.
class Deferred {
 public:
  virtual ~Deferred() = default;
  // The response, or nullopt and in `again` when to be asked (max() = only when woken).
  virtual std::optional<Response> poll(base::MonoTime now, base::MonoTime& again) = 0;
};

using Answer = std::variant<Response, std::unique_ptr<Deferred>>;

class Handler {
 public:
  virtual ~Handler() = default;
  // `request` is whole and within the limits. `waker` stays valid for as long as the answer is
  // under way.
  virtual Answer handle(const Request& request, const Waker& waker) = 0;
  // The body of an error the engine itself answers (400, 405, 408, 413, 414, 417, 431, 500, 501,
  // 503, 505), so that a vendor's clients see their own shape. `limit` names the limit that was
  // hit, empty where none.
  virtual Response refuse(int status, std::string_view limit, std::string_view message) = 0;
};

}  // namespace http
