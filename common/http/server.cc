#include "common/http/server.h"

#include <boost/asio/io_context.hpp>

#include "common/http/listener.h"
#include "common/http/loop.h"

namespace http {

class Server::Impl final : public Loop::Hooks {
 public:
  Impl(Handler& handler, const Limits& limits, const base::Clock& clock, const base::Log& log)
      : io_(BOOST_ASIO_CONCURRENCY_HINT_UNSAFE_IO),
        loop_(io_, handler, limits, clock, log),
        listener_(loop_) {
    loop_.set_hooks(*this);
  }

  base::Result<void> listen(const std::string& host, std::uint16_t port) {
    if (base::Result<void> started = loop_.poller.start(); !started) {
      return started;
    }
    return listener_.listen(host, port);
  }

  void drain() {
    if (loop_.draining()) {
      return;
    }
    listener_.close();
    loop_.drain(loop_.clock.mono() + loop_.limits.drain_timeout);
  }

  void on_acceptable() override { listener_.accept(); }

  void on_turn_end() override {
    if (loop_.draining() && loop_.empty()) {
      io_.stop();
    }
  }

  boost::asio::io_context& io() { return io_; }

  [[nodiscard]] std::uint16_t port() const { return listener_.port(); }

  [[nodiscard]] const Stats& stats() const { return loop_.stats; }

 private:
  // Sockets are the loop thread's alone; only stop() and post() come from others.
  boost::asio::io_context io_;
  Loop loop_;
  Listener listener_;
};

Server::Server(Handler& handler, Limits limits, const base::Clock& clock, const base::Log& log)
    : impl_(std::make_unique<Impl>(handler, limits, clock, log)) {}

Server::~Server() = default;

base::Result<void> Server::listen(const std::string& host, std::uint16_t port) {
  return impl_->listen(host, port);
}

std::uint16_t Server::port() const {
  return impl_->port();
}

void Server::run() {
  impl_->io().run();
}

void Server::drain() {
  impl_->drain();
}

void Server::stop() {
  impl_->io().stop();
}

boost::asio::io_context& Server::loop() {
  return impl_->io();
}

const Stats& Server::stats() const {
  return impl_->stats();
}

}  // namespace http
