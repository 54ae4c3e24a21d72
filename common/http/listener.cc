#include "common/http/listener.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/epoll.h>
#include <sys/socket.h>

#include <array>
#include <memory>
#include <utility>

namespace http {
namespace {

constexpr int kBacklog = 4096;
constexpr int kAcceptsPerTurn = 64;
constexpr int kAcceptsAtClose = kBacklog;

base::UniqueFd open_reserve() {
  return base::UniqueFd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
}

// "127.0.0.1:51234" or "[::1]:51234".
std::string text_of(const sockaddr_storage& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.ss_family == AF_INET6) {
    sockaddr_in6 ipv6;
    ::memcpy(&ipv6, &address, sizeof ipv6);
    ::inet_ntop(AF_INET6, &ipv6.sin6_addr, text.data(), text.size());
    return "[" + std::string(text.data()) + "]:" + std::to_string(ntohs(ipv6.sin6_port));
  }
  sockaddr_in ipv4;
  ::memcpy(&ipv4, &address, sizeof ipv4);
  ::inet_ntop(AF_INET, &ipv4.sin_addr, text.data(), text.size());
  return std::string(text.data()) + ":" + std::to_string(ntohs(ipv4.sin_port));
}

std::uint16_t port_of(int socket) {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  // The port is at the same place in both families.
  sockaddr_in ipv4;
  ::memcpy(&ipv4, &address, sizeof ipv4);
  return ntohs(ipv4.sin_port);
}

base::Error listen_error(const std::string& where, int error) {
  const std::string what = "cannot listen on " + where;
  switch (error) {
    case EADDRINUSE:
      return base::unavailable(what + ": the port is in use (choose another, or 0 for a free one)");
    case EACCES:
      return base::permission_denied(what + ": no permission (ports below 1024 are the system's)");
    default:
      return base::system_error(what, error);
  }
}

void set_option(int socket, int level, int name) {
  const int on = 1;
  ::setsockopt(socket, level, name, &on, sizeof on);
}

}  // namespace

Listener::Listener(Loop& loop)
    : loop_(&loop),
      pause_timer_(this, [](void* self, base::MonoTime /*now*/) {
        static_cast<Listener*>(self)->resume();
      }) {}

base::Result<void> Listener::listen(const std::string& host, std::uint16_t port) {
  const std::string where = host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_PASSIVE | AI_NUMERICSERV;
  addrinfo* found = nullptr;
  const int status = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &found);
  if (status != 0) {
    return base::invalid_input("cannot listen on " + where + ": " + ::gai_strerror(status));
  }
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> addresses(found, &::freeaddrinfo);
  socket_ = base::UniqueFd(
      ::socket(found->ai_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, IPPROTO_TCP));
  if (!socket_.valid()) {
    return listen_error(where, errno);
  }
  set_option(socket_.get(), SOL_SOCKET, SO_REUSEADDR);
  if (::bind(socket_.get(), found->ai_addr, found->ai_addrlen) != 0 ||
      ::listen(socket_.get(), kBacklog) != 0) {
    const int error = errno;
    socket_.reset();
    return listen_error(where, error);
  }
  reserve_ = open_reserve();
  port_ = port_of(socket_.get());
  return loop_->poller.add(socket_.get(), EPOLLIN, Loop::kListenerTag);
}

void Listener::accept() {
  for (int count = 0; count < kAcceptsPerTurn && accept_one(); ++count) {
  }
}

void Listener::close() {
  for (int count = 0; socket_.valid() && count < kAcceptsAtClose && accept_one(); ++count) {
  }
  pause_timer_.cancel();
  socket_.reset();
  reserve_.reset();
}

// Whether there may be more.
bool Listener::accept_one() {
  sockaddr_storage address{};
  socklen_t size = sizeof address;
  base::UniqueFd client(::accept4(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size,
                                  SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (!client.valid()) {
    const int error = errno;
    if (error == EAGAIN || error == EWOULDBLOCK) {
      return false;
    }
    if (error == EMFILE || error == ENFILE || error == ENOMEM || error == ENOBUFS) {
      on_accept_failed(error);
      return false;
    }
    return true;  // that connection died while it waited
  }
  if (loop_->stats.connections_open >= loop_->limits.connections_max) {
    refuse(std::move(client), "connections_max", "the server has too many connections");
    return true;
  }
  set_option(client.get(), IPPROTO_TCP, TCP_NODELAY);
  loop_->adopt(std::move(client), text_of(address));
  return true;
}

// Without this the kernel would announce the waiting connection again and again.
void Listener::on_accept_failed(int error) {
  loop_->log.warning("cannot accept a connection",
                     {{"error", base::system_error("accept", error).message}});
  reserve_.reset();
  base::UniqueFd client(::accept4(socket_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
  if (client.valid()) {
    refuse(std::move(client), {}, "the server has no descriptors left");
  }
  reserve_ = open_reserve();
  pause();
}

// Best effort: one write into an empty socket, and what has come is read so that closing does not
// reset.
void Listener::refuse(base::UniqueFd socket, std::string_view limit, std::string_view message) {
  ++loop_->stats.connections_refused_total;
  ++loop_->stats.refused_total;
  const Response response = loop_->handler.refuse(503, limit, message);
  std::string out;
  append_head(out, response, {false, false, false}, loop_->date.at(loop_->clock.wall()));
  out.append(response.body);
  ::send(socket.get(), out.data(), out.size(), MSG_NOSIGNAL);
  ::shutdown(socket.get(), SHUT_WR);
  std::array<char, 4096> rest;
  ::recv(socket.get(), rest.data(), rest.size(), 0);
}

void Listener::pause() {
  loop_->poller.modify(socket_.get(), 0, Loop::kListenerTag);
  loop_->wheel.arm(pause_timer_, loop_->clock.mono() + loop_->limits.accept_pause);
}

void Listener::resume() {
  loop_->poller.modify(socket_.get(), EPOLLIN, Loop::kListenerTag);
}

}  // namespace http
