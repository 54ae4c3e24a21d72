// The answering half of a Connection: from what a handler returned to bytes in the outbox.
#include <optional>
#include <type_traits>
#include <utility>
#include <variant>

#include "common/http/connection.h"
#include "common/http/response_writer.h"

namespace http {
namespace {

constexpr int kStepsPerTurn = 4'096;  // then other connections have their turn

}  // namespace

void Connection::wake(std::uint32_t serial) {
  if (closed_ || serial != serial_) {
    return;
  }
  woken_ = true;
  if (!is_answering()) {
    return;  // from within Handler::handle: the answer is asked right after
  }
  ask_ = true;
  answer_timer_.cancel();
  loop_.schedule(*this);
}

void Connection::poll_deferred() {
  ask_ = false;
  woken_ = false;
  base::MonoTime again = base::MonoTime::max();
  std::optional<Response> response = deferred_->poll(now_, again);
  if (response) {
    deferred_.reset();
    start_response(std::move(*response));
    return;
  }
  ask_ = woken_;
  if (ask_) {
    loop_.schedule(*this);
  } else if (again != base::MonoTime::max()) {
    loop_.wheel.arm(answer_timer_, again);
  }
}

void Connection::start_response(Response response) {
  answer_timer_.cancel();
  const bool has_body = Framing::may_have_body(response.status) && !framing_.head_only;
  const bool ends_with_connection = response.streamed && has_body && framing_.http10;
  framing_.keep_alive = framing_.keep_alive && !response.close && !ends_with_connection &&
                        !loop_.draining() && !refused_;
  std::string& out = outbox_.bytes();
  outbox_.begin(std::move(response.exchange), received_);
  loop_.stats.headers_dropped_total +=
      append_head(out, response, framing_, loop_.date.at(loop_.clock.wall()));
  if (has_body && response.streamed && outbox_.exchange() != nullptr) {
    streaming_ = true;
    ask_ = true;
    ++loop_.stats.streams_open;
    return;
  }
  if (has_body) {
    out.append(response.streamed ? (framing_.http10 ? std::string_view() : kLastChunk)
                                 : std::string_view(response.body));
  }
  end_answer();
}

Connection::Work Connection::advance_stream() {
  for (int steps = 0; streaming_ && ask_; ++steps) {
    if (outbox_.pending() >= loop_.limits.write_buffer_bytes_max) {
      return Work::kBufferFull;
    }
    if (steps == kStepsPerTurn) {
      loop_.schedule(*this);
      return Work::kDone;
    }
    std::string& next = loop_.scratch;
    next.clear();
    woken_ = false;
    const Step step = outbox_.exchange()->next(next, now_);
    if (framing_.http10) {
      outbox_.bytes().append(next);
    } else {
      append_chunk(outbox_.bytes(), next);
    }
    ask_ = take_step(step);
  }
  return Work::kDone;
}

// Whether to ask again at once.
bool Connection::take_step(const Step& step) {
  return std::visit(
      [&](const auto& what) {
        using What = std::decay_t<decltype(what)>;
        if constexpr (std::is_same_v<What, Continue>) {
          return true;
        } else if constexpr (std::is_same_v<What, WaitUntil>) {
          if (what.at > now_ && !woken_) {
            loop_.wheel.arm(answer_timer_, what.at);
            return false;
          }
          return true;
        } else if constexpr (std::is_same_v<What, Park>) {
          return woken_;
        } else if constexpr (std::is_same_v<What, End>) {
          if (!framing_.http10) {
            outbox_.bytes().append(kLastChunk);
          }
          end_answer();
          return false;
        } else {
          static_assert(std::is_same_v<What, Reset>);
          framing_.keep_alive = false;
          end_answer();
          return false;
        }
      },
      step);
}

void Connection::end_answer() {
  if (streaming_) {
    streaming_ = false;
    --loop_.stats.streams_open;
  }
  ask_ = false;
  idle_since_ = now_;
  outbox_.end();
  if (!framing_.keep_alive) {
    closing_ = true;
  }
}

}  // namespace http
