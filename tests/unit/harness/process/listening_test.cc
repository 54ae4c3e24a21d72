#include "harness/process/listening.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "common/base/file.h"

namespace harness {
namespace {

// Bound to a free port of loopback; its number.
template <typename Address>
int bind_to(const base::UniqueFd& socket, Address address, in_port_t Address::*port) {
  EXPECT_EQ(::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  socklen_t size = sizeof address;
  EXPECT_EQ(::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &size), 0);
  return ntohs(address.*port);
}

TEST(ListeningPorts, AreThoseOfTheProcessThatListens) {
  const base::UniqueFd four(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const std::string port = std::to_string(bind_to(four, address, &sockaddr_in::sin_port));
  EXPECT_THAT(listening_ports_of(::getpid()), ::testing::IsEmpty()) << "bound is not listening";

  ASSERT_EQ(::listen(four.get(), 1), 0);

  EXPECT_THAT(listening_ports_of(::getpid()), ::testing::ElementsAre("tcp 127.0.0.1:" + port));
  EXPECT_THAT(listening_ports_of(1), ::testing::Not(::testing::Contains("tcp 127.0.0.1:" + port)));
}

TEST(ListeningPorts, AreShownAsIpv6IsWritten) {
  const base::UniqueFd six(::socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in6 address{};
  address.sin6_family = AF_INET6;
  const std::string port = std::to_string(bind_to(six, address, &sockaddr_in6::sin6_port));
  ASSERT_EQ(::listen(six.get(), 1), 0);

  EXPECT_THAT(listening_ports_of(::getpid()), ::testing::ElementsAre("tcp [::]:" + port));
}

}  // namespace
}  // namespace harness
