#include "common/http/connection.h"

#include <sys/epoll.h>
#include <sys/socket.h>

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>

namespace http {
namespace {

constexpr int kReadsPerTurn = 32;  // then other connections have their turn
constexpr int kWriteRoundsPerTurn = 4;
constexpr std::string_view kBlankLine = "\r\n";

}  // namespace

Connection::Connection(Loop& loop, base::UniqueFd socket, std::string peer, std::uint32_t slot)
    : loop_(loop),
      socket_(std::move(socket)),
      peer_(std::move(peer)),
      slot_(slot),
      now_(loop.clock.mono()),
      input_(loop.pool),
      parser_(loop.limits),
      idle_since_(now_),
      outbox_(loop.pool, loop.clock, loop.stats),
      last_write_(now_),
      limit_timer_(this,
                   [](void* self, base::MonoTime now) {
                     auto* connection = static_cast<Connection*>(self);
                     connection->now_ = now;
                     connection->on_deadline();
                   }),
      answer_timer_(this, [](void* self, base::MonoTime /*now*/) {
        auto* connection = static_cast<Connection*>(self);
        connection->ask_ = true;
        connection->pump();
      }) {
  settle();
}

Connection::~Connection() {
  close();
}

void Connection::on_event(std::uint32_t events) {
  if (closed_) {
    return;
  }
  if ((events & (EPOLLERR | EPOLLHUP)) != 0) {
    close();
    return;
  }
  readable_ = readable_ || (events & (EPOLLIN | EPOLLRDHUP)) != 0;
  peer_ending_ = peer_ending_ || (events & EPOLLRDHUP) != 0;
  writable_ = writable_ || (events & EPOLLOUT) != 0;
  pump();
}

void Connection::pump() {
  if (closed_) {
    return;
  }
  now_ = loop_.clock.mono();
  for (int rounds = 0;; ++rounds) {
    const Work done = work();
    if (closed_ || !flush()) {
      return;
    }
    if (done == Work::kDone || outbox_.pending() >= loop_.limits.write_buffer_bytes_max) {
      break;
    }
    if (rounds == kWriteRoundsPerTurn) {
      loop_.schedule(*this);
      break;
    }
  }
  settle();
}

Connection::Work Connection::work() {
  for (std::size_t served = 0; !closing_; ++served) {
    if (deferred_ != nullptr && ask_) {
      poll_deferred();
    }
    if (streaming_ && ask_ && advance_stream() == Work::kBufferFull) {
      return Work::kBufferFull;
    }
    if (is_answering() || closing_) {
      break;
    }
    if (outbox_.pending() >= loop_.limits.write_buffer_bytes_max) {
      return Work::kBufferFull;
    }
    if (served >= loop_.limits.pipelined_max) {
      loop_.schedule(*this);
      break;
    }
    if (!next_request()) {
      break;
    }
  }
  return Work::kDone;
}

// Whether a request was taken up, or the connection's end was decided.
bool Connection::next_request() {
  for (int reads = 0;; ++reads) {
    skip_blank_line();
    auto progress = RequestParser::Progress::kHeadNeeded;
    if (!input_.empty()) {
      progress = parser_.parse(input_.bytes());
    }
    if (progress == RequestParser::Progress::kWhole) {
      serve();
      return true;
    }
    if (progress == RequestParser::Progress::kRefused) {
      refuse(parser_.refusal());
      return true;
    }
    on_input_needed(progress);
    if (!readable_) {
      return peer_ended_ ? on_input_ended() : false;
    }
    if (reads == kReadsPerTurn) {
      loop_.schedule(*this);
      return false;
    }
    if (!read_more()) {
      return true;
    }
  }
}

// Some clients send an empty line after a body. One is forgiven.
void Connection::skip_blank_line() {
  const std::span<char> bytes = input_.bytes();
  if (!blank_line_skipped_ &&
      std::string_view(bytes.data(), bytes.size()).starts_with(kBlankLine)) {
    input_.consume(kBlankLine.size());
    parser_.reset();
    blank_line_skipped_ = true;
  }
}

void Connection::on_input_needed(RequestParser::Progress progress) {
  if (!began_ && !input_.empty()) {
    began_ = true;
    head_began_ = now_;
  }
  if (progress == RequestParser::Progress::kBodyNeeded && !head_done_) {
    head_done_ = true;
    body_began_ = now_;
    if (parser_.expects_continue() && input_.bytes().size() == parser_.head_size()) {
      outbox_.bytes().append(kContinue);
    }
  }
}

// One read. False where the connection is lost.
bool Connection::read_more() {
  const std::size_t wanted = head_done_ ? parser_.announced_size() : 0;
  std::size_t received = 0;
  const Input::Read result = input_.receive(socket_.get(), wanted, received);
  loop_.stats.bytes_read += received;
  switch (result) {
    case Input::Read::kSome:
      break;
    case Input::Read::kDrained:
      readable_ = peer_ending_;
      break;
    case Input::Read::kBlocked:
      readable_ = false;
      break;
    case Input::Read::kEnded:
      readable_ = false;
      peer_ended_ = true;
      break;
    case Input::Read::kFailed:
      close();
      return false;
  }
  return true;
}

// The peer sends no more. What it sent before is answered; half a request is told so.
bool Connection::on_input_ended() {
  if (input_.empty()) {
    closing_ = true;
  } else {
    refuse({400, {}, "the request ended early", {}});
  }
  return true;
}

void Connection::serve() {
  Request& request = parser_.request();
  request.peer = peer_;
  ++loop_.stats.requests_total;
  ++serial_;
  received_ = now_;
  framing_ = {parser_.is_http10(), request.method == "HEAD", parser_.keep_alive()};

  struct Woken {
    Loop* loop;
    Ticket ticket;

    void operator()() const { loop->wake(ticket); }
  };

  // Small enough for std::function to hold without an allocation.
  const Waker waker = Woken{&loop_, {slot_, serial_}};
  woken_ = false;
  Answer answer = loop_.handler.handle(request, waker);
  input_.consume(parser_.size());
  parser_.reset();
  began_ = false;
  head_done_ = false;
  blank_line_skipped_ = false;
  if (Response* response = std::get_if<Response>(&answer)) {
    start_response(std::move(*response));
  } else {
    deferred_ = std::move(std::get<std::unique_ptr<Deferred>>(answer));
    ask_ = true;
  }
}

void Connection::refuse(const Refusal& refusal) {
  ++loop_.stats.refused_total;
  if (!refusal.guise.empty()) {
    loop_.log.warning("refused what is not a request", {{"what", std::string(refusal.guise)},
                                                        {"status", std::to_string(refusal.status)},
                                                        {"peer", peer_}});
  }
  input_.consume(input_.bytes().size());
  head_done_ = false;
  refused_ = true;
  received_ = now_;
  framing_ = {false, false, false};
  Response response = loop_.handler.refuse(refusal.status, refusal.limit, refusal.message);
  response.streamed = false;
  start_response(std::move(response));
}

void Connection::close() {
  if (closed_) {
    return;
  }
  closed_ = true;
  if (deferred_ != nullptr) {
    ++loop_.stats.client_gone_total;
    deferred_.reset();
  }
  if (streaming_) {
    streaming_ = false;
    --loop_.stats.streams_open;
  }
  outbox_.abandon();
  limit_timer_.cancel();
  answer_timer_.cancel();
  socket_.reset();
  loop_.retire(slot_);
}

void Connection::cut() {
  const struct ::linger discard = {1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
  close();
}

// Everything that can be written is. False where the connection is over.
bool Connection::flush() {
  if (!writable_ || outbox_.pending() == 0) {
    return true;
  }
  bool progress = false;
  switch (outbox_.send(socket_.get(), progress)) {
    case Outbox::Sent::kFailed:
      close();
      return false;
    case Outbox::Sent::kBlocked:
      writable_ = false;
      break;
    case Outbox::Sent::kAll:
      break;
  }
  if (progress || wait_ != Wait::kWritable) {
    last_write_ = now_;
  }
  return true;
}

// After everything that could be done: ends the connection or arms its deadline.
void Connection::settle() {
  if (closing_ && outbox_.pending() == 0) {
    settle_closing();
    if (closed_) {
      return;
    }
  }
  const bool is_idle = !is_answering() && !closing_ && input_.empty() && outbox_.pending() == 0;
  if (is_idle && loop_.draining() && !readable_) {
    close();
    return;
  }
  if (is_idle && wait_ != Wait::kRequest) {
    idle_since_ = now_;
  }
  input_.release_if_empty();
  wait_ = wait_and_deadline(deadline_);
  if (wait_ == Wait::kNothing) {
    return;
  }
  if (!limit_timer_.armed() || deadline_ < limit_timer_at_) {
    limit_timer_at_ = deadline_;
    loop_.wheel.arm(limit_timer_, deadline_);
  }
}

void Connection::settle_closing() {
  const bool may_lose_answer = (refused_ || !input_.empty() || readable_) && !peer_ended_;
  if (!may_lose_answer) {
    close();
    return;
  }
  linger();
}

// Closing while the peer still sends would reset the connection and may destroy the answer on its
// way.
void Connection::linger() {
  if (!lingering_) {
    lingering_ = true;
    ::shutdown(socket_.get(), SHUT_WR);
    last_write_ = now_;
  }
  for (int reads = 0; readable_ && reads < kReadsPerTurn; ++reads) {
    input_.consume(input_.bytes().size());
    if (!read_more()) {
      return;
    }
  }
  input_.consume(input_.bytes().size());
  if (peer_ended_) {
    close();
  } else if (readable_) {
    loop_.schedule(*this);
  }
}

}  // namespace http
