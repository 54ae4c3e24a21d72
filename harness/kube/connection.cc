#include "harness/kube/connection.h"

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <charconv>
#include <utility>

#include <boost/asio/buffer.hpp>
#include <boost/asio/connect.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/ssl/error.hpp>
#include <boost/asio/write.hpp>
#include <boost/system/system_error.hpp>

namespace harness {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

// A peer whose machine is gone is noticed after about half a minute, also where nobody writes.
constexpr int kProbeIdleSeconds = 15;
constexpr int kProbeIntervalSeconds = 5;
constexpr int kProbes = 3;

std::string in_ms(std::chrono::milliseconds limit) {
  return std::to_string(limit.count()) + " ms";
}

}  // namespace

base::Result<std::unique_ptr<Connection>> Connection::open(const ServerAddress& address,
                                                           const TlsIdentity& identity,
                                                           std::chrono::milliseconds limit,
                                                           std::stop_token stop) {
  try {
    std::unique_ptr<Connection> connection(new Connection(address, std::move(stop)));
    const auto deadline = std::chrono::steady_clock::now() + limit;
    const auto left = [&] {
      return std::chrono::ceil<Milliseconds>(deadline - std::chrono::steady_clock::now());
    };
    base::Result<void> opened = connection->resolve(left());
    if (opened) {
      opened = connection->connect(left());
    }
    if (opened && address.tls) {
      opened = connection->handshake(identity, left());
    }
    if (!opened) {
      return std::move(opened).error();
    }
    return connection;
  } catch (const boost::system::system_error& error) {  // no descriptor left, no memory
    return base::unavailable(std::string("cannot open a connection: ") + error.what());
  }
}

Connection::Connection(const ServerAddress& address, std::stop_token stop)
    : address_(address),
      stop_(std::move(stop)) {
  on_stop_.emplace(stop_, [this] {
    asio::post(loop_, [this] {
      ErrorCode ignored;
      resolver_.cancel();
      socket_.close(ignored);
    });
  });
}

Connection::~Connection() = default;

template <typename Start>
void Connection::with_stream(Start start) {
  if (tls_) {
    start(*tls_);
  } else {
    start(socket_);
  }
}

bool Connection::wait(const Operation& operation, Milliseconds limit) {
  const auto deadline = std::chrono::steady_clock::now() + limit;
  loop_.restart();
  while (!operation.done && !stop_.stop_requested() && loop_.run_one_until(deadline) > 0) {
  }
  return operation.done;
}

base::Result<void> Connection::finish(const Operation& operation, Milliseconds limit,
                                      std::string_view what) {
  if (wait(operation, limit)) {
    if (operation.error) {
      return base::unavailable("cannot " + std::string(what) + " " + address_.name() + ": " +
                               operation.error.message());
    }
    return {};
  }
  ErrorCode ignored;
  resolver_.cancel();
  socket_.close(ignored);
  loop_.restart();
  while (!operation.done && loop_.run_one() > 0) {
  }
  if (stop_.stop_requested()) {
    return base::unavailable("stopped");
  }
  return base::timed_out("cannot " + std::string(what) + " " + address_.name() + ": no answer in " +
                         in_ms(limit));
}

base::Result<void> Connection::resolve(Milliseconds limit) {
  ErrorCode error;
  const asio::ip::address literal = asio::ip::make_address(address_.host, error);
  if (!error) {
    std::uint16_t port = 0;
    std::from_chars(address_.port.data(), address_.port.data() + address_.port.size(), port);
    endpoints_.emplace_back(literal, port);
    return {};
  }
  other_ = {};
  resolver_.async_resolve(address_.host, address_.port,
                          [this](const ErrorCode& failed, const tcp::resolver::results_type& all) {
                            for (const auto& entry : all) {
                              endpoints_.push_back(entry.endpoint());
                            }
                            other_ = {true, failed, 0};
                          });
  return finish(other_, limit, "look up");
}

base::Result<void> Connection::connect(Milliseconds limit) {
  other_ = {};
  asio::async_connect(socket_, endpoints_, [this](const ErrorCode& failed, const tcp::endpoint&) {
    other_ = {true, failed, 0};
  });
  base::Result<void> connected = finish(other_, limit, "connect to");
  if (connected) {
    keep_alive();
  }
  return connected;
}

// Best effort: a kernel that knows no such option still carries the connection.
void Connection::keep_alive() {
  ErrorCode ignored;
  socket_.set_option(tcp::no_delay(true), ignored);
  socket_.set_option(tcp::socket::keep_alive(true), ignored);
  const int fd = socket_.native_handle();
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPIDLE, &kProbeIdleSeconds, sizeof kProbeIdleSeconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPINTVL, &kProbeIntervalSeconds,
               sizeof kProbeIntervalSeconds);
  ::setsockopt(fd, IPPROTO_TCP, TCP_KEEPCNT, &kProbes, sizeof kProbes);
}

base::Result<void> Connection::handshake(const TlsIdentity& identity, Milliseconds limit) {
  base::Result<std::unique_ptr<asio::ssl::context>> context = make_tls_context(identity);
  if (!context) {
    return std::move(context).error();
  }
  tls_context_ = *std::move(context);
  tls_.emplace(socket_, *tls_context_);
  expect_server(tls_->native_handle(), identity);
  other_ = {};
  tls_->async_handshake(asio::ssl::stream_base::client, [this](const ErrorCode& failed) {
    other_ = {true, failed, 0};
  });
  base::Result<void> agreed = finish(other_, limit, "agree on TLS with");
  if (!agreed && other_.done && other_.error) {
    const std::string untrusted = why_untrusted(tls_->native_handle());
    if (!untrusted.empty()) {
      return base::invalid_input(address_.name() + ": " + untrusted);
    }
  }
  return agreed;
}

base::Result<void> Connection::write(std::string_view bytes, Milliseconds limit) {
  other_ = {};
  with_stream([&](auto& stream) {
    asio::async_write(stream, asio::buffer(bytes.data(), bytes.size()),
                      [this](const ErrorCode& error, std::size_t size) {
                        other_ = {true, error, size};
                      });
  });
  return finish(other_, limit, "write to");
}

base::Result<std::string_view> Connection::read(Milliseconds limit) {
  if (!read_pending_) {
    read_pending_ = true;
    reading_ = {};
    with_stream([&](auto& stream) {
      stream.async_read_some(asio::buffer(block_),
                             [this](const ErrorCode& error, std::size_t size) {
                               reading_ = {true, error, size};
                             });
    });
  }
  if (!wait(reading_, limit)) {
    return stop_.stop_requested()
               ? base::unavailable("stopped")
               : base::timed_out(address_.name() + " sent nothing for " + in_ms(limit));
  }
  read_pending_ = false;
  if (reading_.size > 0) {
    return std::string_view(block_.data(), reading_.size);
  }
  // Some servers close without TLS's own goodbye; whether the answer is whole its own head tells.
  if (reading_.error == asio::error::eof || reading_.error == asio::ssl::error::stream_truncated) {
    return std::string_view();
  }
  return base::unavailable("cannot read from " + address_.name() + ": " + reading_.error.message());
}

bool Connection::has_unread() {
  char byte = 0;
  // Below TLS too: a server says nothing of its own between two answers but that it closes.
  const ssize_t got = ::recv(socket_.native_handle(), &byte, sizeof byte, MSG_PEEK | MSG_DONTWAIT);
  return got >= 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

}  // namespace harness
