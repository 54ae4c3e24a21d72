// One client's connection: reads requests, has them answered in order, writes the answers.
//
// Everything happens in pump(), which does what can be done now and returns; events, timers and
// wakers only note what has changed and pump.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "common/base/file.h"
#include "common/http/input.h"
#include "common/http/loop.h"
#include "common/http/outbox.h"
#include "common/http/parser.h"

namespace http {

class Connection {
 public:
  // `socket` is non-blocking and watched by the loop's poller.
  Connection(Loop& loop, base::UniqueFd socket, std::string peer, std::uint32_t slot);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  void on_event(std::uint32_t events);
  // Does what can be done now.
  void pump();
  // Ask the answer again, if it is still that request's.
  void wake(std::uint32_t serial);

  // Reads once more, also where nothing was announced: for the last look before a drain.
  void look_again() {
    readable_ = true;
    loop_.schedule(*this);
  }

  // Ends the connection at once; answers under way learn that the client is gone.
  void close();
  // close(), and what the kernel still holds for the peer is thrown away.
  void cut();

  [[nodiscard]] std::uint32_t slot() const { return slot_; }

  // Whether it is on the loop's list already; the loop's to set.
  bool scheduled = false;

 private:
  // What the connection waits for, and so what its deadline means.
  enum class Wait { kNothing, kRequest, kHead, kBody, kWritable, kLinger };
  enum class Work { kDone, kBufferFull };

  // Reading.
  bool next_request();
  void skip_blank_line();
  bool read_more();
  void on_input_needed(RequestParser::Progress progress);
  bool on_input_ended();
  void serve();
  void refuse(const Refusal& refusal);

  // Answering.
  Work work();

  bool is_answering() const { return deferred_ != nullptr || streaming_; }

  void poll_deferred();
  void start_response(Response response);
  Work advance_stream();
  bool take_step(const Step& step);
  void end_answer();

  // Ending and waiting.
  bool flush();
  void settle();
  void settle_closing();
  void linger();
  Wait wait_and_deadline(base::MonoTime& deadline) const;
  void on_deadline();
  void on_body_deadline();
  void time_out(std::uint64_t& counter, std::string_view limit, std::string_view message);

  Loop& loop_;
  base::UniqueFd socket_;
  const std::string peer_;
  const std::uint32_t slot_;
  std::uint32_t serial_ = 0;
  base::MonoTime now_;

  Input input_;
  RequestParser parser_;
  bool readable_ = false;     // a read may find something
  bool peer_ending_ = false;  // its end has been announced and may not have been read yet
  bool peer_ended_ = false;   // its end has been read
  bool began_ = false;        // bytes of a next request are here
  bool head_done_ = false;
  bool blank_line_skipped_ = false;
  base::MonoTime head_began_;
  base::MonoTime body_began_;
  base::MonoTime idle_since_;

  Outbox outbox_;
  Framing framing_;
  std::unique_ptr<Deferred> deferred_;
  bool streaming_ = false;
  bool ask_ = false;    // the answer under way is due to be asked
  bool woken_ = false;  // the waker was called while it was being asked
  bool writable_ = true;
  base::MonoTime received_;    // when the last byte of the request under way came
  base::MonoTime last_write_;  // when the peer last took bytes, or had none to take

  bool closing_ = false;    // end the connection once everything is out
  bool refused_ = false;    // the peer may still be sending
  bool lingering_ = false;  // our side is shut
  bool closed_ = false;
  Wait wait_ = Wait::kNothing;
  base::MonoTime deadline_;
  base::MonoTime limit_timer_at_;
  Timer limit_timer_;  // may fire before deadline_: it is moved only when it must be earlier
  Timer answer_timer_;
};

}  // namespace http
