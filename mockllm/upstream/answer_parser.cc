#include "mockllm/upstream/answer_parser.h"

#include <cstdint>
#include <limits>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "common/base/text.h"
#include "mockllm/upstream/headers.h"

namespace mockllm {
namespace {

namespace beast = boost::beast;

constexpr int kInterimMax = 8;

std::string_view view(beast::string_view text) {
  return {text.data(), text.size()};
}

base::Error not_understood(const beast::error_code& error) {
  const bool over_limit =
      error == beast::http::error::body_limit || error == beast::http::error::header_limit;
  return base::invalid_input((over_limit ? "the upstream's answer is over a limit: "
                                         : "the upstream's answer is not HTTP/1: ") +
                             error.message());
}

}  // namespace

class AnswerParser::Sink final : public beast::http::basic_parser<false> {
 public:
  explicit Sink(Listener& listener) : listener_(listener) {}

  [[nodiscard]] bool is_interim() const { return head_.status / 100 == 1; }

 private:
  using Error = beast::error_code;

  void on_request_impl(beast::http::verb, beast::string_view, beast::string_view, int,
                       Error&) override {}

  void on_response_impl(int code, beast::string_view, int, Error&) override { head_.status = code; }

  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value,
                     Error&) override {
    // Trailers come here too, and are left out: their head has gone.
    if (!told_ && is_handed_on(view(name))) {
      head_.headers.emplace_back(base::to_lower(view(name)), view(value));
    }
  }

  void on_header_impl(Error&) override {
    if (!is_interim()) {
      told_ = true;
      listener_.on_head(std::move(head_));
    }
  }

  void on_body_init_impl(const boost::optional<std::uint64_t>&, Error&) override {}

  std::size_t on_body_impl(beast::string_view body, Error&) override {
    listener_.on_body(view(body));
    return body.size();
  }

  void on_chunk_header_impl(std::uint64_t, beast::string_view, Error&) override {}

  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view body, Error&) override {
    listener_.on_body(view(body));
    return body.size();
  }

  void on_finish_impl(Error&) override {}

  Listener& listener_;
  UpstreamHead head_;
  bool told_ = false;
};

AnswerParser::AnswerParser(const UpstreamLimits& limits, Listener& listener)
    : limits_(limits),
      listener_(listener) {
  start();
}

AnswerParser::~AnswerParser() = default;

void AnswerParser::start() {
  constexpr std::size_t kHeaderLimitMax = std::numeric_limits<std::uint32_t>::max();
  sink_ = std::make_unique<Sink>(listener_);
  sink_->eager(true);
  sink_->header_limit(
      static_cast<std::uint32_t>(std::min(limits_.head_bytes_max, kHeaderLimitMax)));
  sink_->body_limit(static_cast<std::uint64_t>(limits_.body_bytes_max));
}

base::Result<void> AnswerParser::read(std::string_view bytes) {
  unread_ += bytes;
  std::size_t used = 0;
  while (!done_ && used < unread_.size()) {
    beast::error_code error;
    const std::size_t taken =
        sink_->put(boost::asio::buffer(unread_.data() + used, unread_.size() - used), error);
    used += taken;
    if (error == beast::http::error::need_more) {
      break;
    }
    if (error) {
      return not_understood(error);
    }
    done_ = sink_->is_done();
    if (done_ && sink_->is_interim()) {
      if (++interim_ > kInterimMax) {
        return base::invalid_input("the upstream sent more than " + std::to_string(kInterimMax) +
                                   " interim answers");
      }
      done_ = false;
      start();
    } else if (taken == 0) {
      break;
    }
  }
  unread_.erase(0, used);
  return {};
}

base::Result<void> AnswerParser::read_end() {
  if (done_) {
    return {};
  }
  beast::error_code error;
  if (sink_->got_some()) {
    sink_->put_eof(error);
    done_ = !error && sink_->is_done() && !sink_->is_interim();
  }
  if (!done_) {
    return base::unavailable(sink_->got_some()
                                 ? "the upstream's answer was cut short"
                                 : "the upstream closed the connection without an answer");
  }
  return {};
}

}  // namespace mockllm
