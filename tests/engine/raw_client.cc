#include "tests/engine/raw_client.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>
#include <vector>

#include "common/base/check.h"
#include "common/base/text.h"

namespace engine {
namespace {

std::size_t number_in(std::string_view text, int radix) {
  std::size_t number = 0;
  std::from_chars(text.data(), text.data() + text.size(), number, radix);
  return number;
}

sockaddr_in loopback(std::uint16_t port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(port);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

}  // namespace

base::UniqueFd RawClient::make_socket() {
  return base::UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
}

RawClient::RawClient(std::uint16_t port, int receive_buffer_bytes) : socket_(make_socket()) {
  if (receive_buffer_bytes > 0) {
    ::setsockopt(socket_.get(), SOL_SOCKET, SO_RCVBUF, &receive_buffer_bytes,
                 sizeof receive_buffer_bytes);
  }
  CHECK(connect(port));
}

RawClient::RawClient(base::UniqueFd socket, std::uint16_t port) : socket_(std::move(socket)) {
  CHECK(connect(port));
}

bool RawClient::is_taken(std::uint16_t port) {
  const base::UniqueFd socket = make_socket();
  const sockaddr_in address = loopback(port);
  return ::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool RawClient::connect(std::uint16_t port) {
  const int on = 1;
  ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  const sockaddr_in address = loopback(port);
  return ::connect(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

// A server that has closed is not the sender's failure: the test reads on and judges.
void RawClient::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const ssize_t count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (count <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(count));
  }
}

void RawClient::send_byte_by_byte(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    send(bytes.substr(at, 1));
  }
}

std::size_t RawClient::send_some(std::string_view bytes) {
  const ssize_t count =
      ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL | MSG_DONTWAIT);
  return count > 0 ? static_cast<std::size_t>(count) : 0;
}

void RawClient::end_sending() {
  ::shutdown(socket_.get(), SHUT_WR);
}

void RawClient::reset() {
  const struct ::linger discard = {1, 0};
  ::setsockopt(socket_.get(), SOL_SOCKET, SO_LINGER, &discard, sizeof discard);
  socket_.reset();
}

bool RawClient::fill() {
  if (ended_) {
    return false;
  }
  pollfd waiting = {socket_.get(), POLLIN, 0};
  CHECK(::poll(&waiting, 1, static_cast<int>(kPatience.count())) == 1);  // the server hangs
  std::array<char, 65'536> bytes;
  const ssize_t count = ::recv(socket_.get(), bytes.data(), bytes.size(), 0);
  if (count <= 0) {
    ended_ = true;
    return false;
  }
  received_.append(bytes.data(), static_cast<std::size_t>(count));
  return true;
}

bool RawClient::fill_until(std::string_view mark, std::size_t& position) {
  while ((position = received_.find(mark)) == std::string::npos) {
    if (!fill()) {
      return false;
    }
  }
  return true;
}

bool RawClient::fill_to(std::size_t size) {
  while (received_.size() < size) {
    if (!fill()) {
      return false;
    }
  }
  return true;
}

std::optional<RawResponse> RawClient::read_response(bool to_head) {
  std::size_t head_end = 0;
  if (!fill_until("\r\n\r\n", head_end)) {
    return received_.empty() ? std::nullopt : std::optional(RawResponse{});
  }
  RawResponse response;
  const std::string head = received_.substr(0, head_end);
  received_.erase(0, head_end + 4);
  const std::vector<std::string_view> lines = base::split(head, '\n');
  response.status = static_cast<int>(number_in(lines[0].substr(9), 10));
  for (std::size_t line = 1; line < lines.size(); ++line) {
    const std::size_t colon = lines[line].find(": ");
    std::string_view value = lines[line].substr(colon + 2);
    value = value.substr(0, std::min(value.find('\r'), value.size()));
    response.headers[base::to_lower(lines[line].substr(0, colon))] = value;
  }
  if (to_head || response.status < 200 || response.status == 204 || response.status == 304) {
    response.complete = true;
  } else if (response.headers.contains("transfer-encoding")) {
    response.complete = read_chunks(response.body);
  } else if (response.headers.contains("content-length")) {
    const std::size_t size = number_in(response.headers["content-length"], 10);
    response.complete = fill_to(size);
    response.body = received_.substr(0, size);
    received_.erase(0, size);
  } else {
    response.body = read_to_end();
    response.complete = true;
  }
  return response;
}

bool RawClient::read_chunks(std::string& body) {
  for (;;) {
    std::size_t line_end = 0;
    if (!fill_until("\r\n", line_end)) {
      return false;
    }
    const std::size_t size = number_in(std::string_view(received_).substr(0, line_end), 16);
    if (!fill_to(line_end + 2 + size + 2)) {
      return false;
    }
    body.append(received_, line_end + 2, size);
    received_.erase(0, line_end + 2 + size + 2);
    if (size == 0) {
      return true;
    }
  }
}

std::string RawClient::read_to_end() {
  while (fill()) {
  }
  return std::exchange(received_, {});
}

bool RawClient::is_closed() {
  return received_.empty() && !fill();
}

std::string RawClient::read_some() {
  if (received_.empty()) {
    fill();
  }
  return std::exchange(received_, {});
}

}  // namespace engine
