#include "mockllm/upstream/exchange.h"

#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/ssl/host_name_verification.hpp>
#include <boost/asio/write.hpp>

namespace mockllm {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// 169.254.0.0/16 and fe80::/10: where clouds keep their machines' credentials.
bool is_link_local(const asio::ip::address& address) {
  if (address.is_v4()) {
    return (address.to_v4().to_uint() >> 16U) == 0xA9FEU;
  }
  const asio::ip::address_v6 v6 = address.to_v6();
  if (v6.is_v4_mapped()) {
    return is_link_local(asio::ip::make_address_v4(asio::ip::v4_mapped, v6));
  }
  return v6.is_link_local();
}

bool is_ip_address(const std::string& host) {
  boost::system::error_code error;
  asio::ip::make_address(host, error);
  return !error;
}

// Some servers close without TLS's own goodbye. Where the answer says how long it is, the parser
// knows whether it is whole; where it does not, this is a cut.
bool is_end(const boost::system::error_code& error) {
  return error == asio::error::eof;
}

}  // namespace

UpstreamExchange::UpstreamExchange(std::shared_ptr<UpstreamShared> shared, std::string request,
                                   UpstreamSink& sink)
    : shared_(std::move(shared)),
      request_(std::move(request)),
      sink_(&sink),
      resolver_(shared_->loop),
      socket_(shared_->loop),
      timer_(shared_->loop),
      parser_(shared_->limits, *this) {
  ++shared_->calls;
}

UpstreamExchange::~UpstreamExchange() {
  --shared_->calls;
}

template <typename Handler>
auto UpstreamExchange::guarded(Handler handler) {
  return [self = shared_from_this(), handler = std::move(handler)](auto&&... args) {
    if (self->sink_ != nullptr) {
      handler(std::forward<decltype(args)>(args)...);
    }
  };
}

template <typename Operation>
void UpstreamExchange::with_stream(Operation operation) {
  if (tls_.has_value()) {
    operation(*tls_);
  } else {
    operation(socket_);
  }
}

void UpstreamExchange::start() {
  expect(shared_->limits.connect_timeout, "the connection");
  if (shared_->endpoints.empty()) {
    resolve();
  } else {
    connect();
  }
}

void UpstreamExchange::cancel() {
  sink_ = nullptr;
  Error ignored;
  resolver_.cancel();
  timer_.cancel();
  socket_.close(ignored);
}

void UpstreamExchange::expect(std::chrono::milliseconds limit, std::string_view what) {
  timer_.expires_after(limit);
  timer_.async_wait(guarded([this, limit, what](const Error& error) {
    // A timer that was set anew while this was on its way is not over.
    const bool over = !error && timer_.expiry() <= std::chrono::steady_clock::now();
    if (over) {
      finish(base::timed_out("waited " + std::to_string(limit.count()) + " ms for " +
                             std::string(what)));
    }
  }));
}

void UpstreamExchange::resolve() {
  resolver_.async_resolve(
      shared_->address.host, shared_->address.port,
      guarded([this](const Error& error, const Results& results) { resolved(error, results); }));
}

void UpstreamExchange::resolved(const Error& error, const Results& results) {
  if (error) {
    fail("cannot look up the upstream's name", error);
    return;
  }
  if (shared_->endpoints.empty()) {
    for (const auto& entry : results) {
      if (!is_link_local(entry.endpoint().address())) {
        shared_->endpoints.push_back(entry.endpoint());
      }
    }
  }
  if (shared_->endpoints.empty()) {
    finish(
        base::unavailable("the upstream's name has link-local addresses only, which are refused"));
    return;
  }
  connect();
}

void UpstreamExchange::connect() {
  asio::async_connect(
      socket_, shared_->endpoints,
      guarded([this](const Error& error, const auto& /*endpoint*/) { connected(error); }));
}

void UpstreamExchange::connected(const Error& error) {
  if (error) {
    fail("cannot connect to the upstream", error);
    return;
  }
  Error ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  if (shared_->tls.has_value()) {
    handshake();
  } else {
    send();
  }
}

void UpstreamExchange::handshake() {
  const std::string& host = shared_->address.host;
  tls_.emplace(socket_, *shared_->tls);
  if (!is_ip_address(host)) {
    SSL_set_tlsext_host_name(tls_->native_handle(), host.c_str());
  }
  Error error;
  tls_->set_verify_callback(asio::ssl::host_name_verification(host), error);
  if (error) {
    fail("cannot set up TLS", error);
    return;
  }
  tls_->async_handshake(asio::ssl::stream_base::client, guarded([this](const Error& failed) {
                          if (failed) {
                            fail("cannot agree on TLS with the upstream", failed);
                          } else {
                            send();
                          }
                        }));
}

void UpstreamExchange::send() {
  sent_at_ = shared_->clock.mono();
  expect(shared_->limits.first_byte_timeout, "the head of the answer");
  with_stream([&](auto& stream) {
    asio::async_write(stream, asio::buffer(request_),
                      guarded([this](const Error& error, std::size_t) { sent(error); }));
  });
  // An upstream may refuse before it has read everything.
  read();
}

void UpstreamExchange::sent(const Error& error) {
  request_ = {};
  // The answer that came before the connection was closed on us is what counts; read() tells.
  if (!error && !head_seen_) {
    expect(shared_->limits.first_byte_timeout, "the head of the answer");
  }
}

void UpstreamExchange::read() {
  with_stream([&](auto& stream) {
    stream.async_read_some(
        asio::buffer(buffer_),
        guarded([this](const Error& error, std::size_t size) { received(error, size); }));
  });
}

void UpstreamExchange::received(const Error& error, std::size_t size) {
  // The sink may cancel while it is told.
  const std::shared_ptr<UpstreamExchange> self = shared_from_this();
  if (size > 0) {
    base::Result<void> understood = parser_.read({buffer_.data(), size});
    if (sink_ == nullptr) {
      return;
    }
    if (!understood || parser_.done()) {
      finish(std::move(understood));
      return;
    }
  }
  if (is_end(error)) {
    finish(parser_.read_end());
  } else if (error) {
    fail("the upstream's answer was cut short", error);
  } else {
    if (head_seen_) {
      expect(shared_->limits.idle_timeout, "the next piece of the answer");
    }
    read();
  }
}

void UpstreamExchange::on_head(UpstreamHead head) {
  head_seen_ = true;
  if (sink_ != nullptr) {
    sink_->head(std::move(head));
  }
}

void UpstreamExchange::on_body(std::string_view bytes) {
  if (sink_ != nullptr && !bytes.empty()) {
    const base::Nanoseconds since = shared_->clock.mono() - sent_at_;
    sink_->chunk(bytes, std::chrono::duration_cast<std::chrono::microseconds>(since));
  }
}

void UpstreamExchange::fail(std::string_view what, const Error& error) {
  finish(base::unavailable(std::string(what) + ": " + error.message()));
}

void UpstreamExchange::finish(base::Result<void> result) {
  UpstreamSink* sink = std::exchange(sink_, nullptr);
  cancel();
  if (sink != nullptr) {
    sink->end(std::move(result));
  }
}

}  // namespace mockllm
