#include "harness/kube/server_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace harness {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ParseServer, TakesAnAddressApart) {
  const ServerAddress address = *parse_server("https://api.test:6443/k8s/clusters/c-1/");
  EXPECT_TRUE(address.tls);
  EXPECT_EQ(address.host, "api.test");
  EXPECT_EQ(address.port, "6443");
  EXPECT_EQ(address.path, "/k8s/clusters/c-1");
  EXPECT_EQ(address.authority, "api.test:6443");
  EXPECT_EQ(address.name(), "https://api.test:6443");
}

TEST(ParseServer, KnowsPortsAndAddresses) {
  EXPECT_EQ(parse_server("https://10.96.0.1")->port, "443");
  EXPECT_EQ(parse_server("http://localhost")->port, "80");
  EXPECT_EQ(parse_server("https://[fd00::1]:443")->host, "fd00::1");
  EXPECT_EQ(parse_server("https://[fd00::1]:443")->authority, "[fd00::1]:443");
  EXPECT_EQ(parse_server("https://[fd00::1]")->name(), "https://[fd00::1]:443");
}

class AWrongServer : public testing::TestWithParam<const char*> {};

TEST_P(AWrongServer, IsRefused) {
  EXPECT_FALSE(parse_server(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Table, AWrongServer,
                         testing::Values("", "api.test:6443", "ftp://host", "https://",
                                         "https://host:", "https://host:0", "https://host:65536",
                                         "https://a b", "https://host/?q=1", "https://host/#f",
                                         "https://::1/", "https://[::1", "https://[::1]x",
                                         "https://host/a\r\nx: y", "https://h\xC3\xA9"));

TEST(AServerWithAPassword, IsRefusedWithoutShowingIt) {
  const auto refused = parse_server("https://user:s3cret@host/");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("not supported"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace harness
