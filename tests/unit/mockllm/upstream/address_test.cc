#include "mockllm/upstream/address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockllm {
namespace {

using testing::HasSubstr;
using testing::Not;

TEST(ParseAddress, TakesAnUpstreamApart) {
  const Address address = *parse_address("https://api.openai.com/v1/");
  EXPECT_TRUE(address.tls);
  EXPECT_EQ(address.host, "api.openai.com");
  EXPECT_EQ(address.port, "443");
  EXPECT_EQ(address.path, "/v1");
  EXPECT_EQ(address.authority, "api.openai.com");
}

TEST(ParseAddress, KnowsPortsAndAddresses) {
  EXPECT_EQ(parse_address("http://127.0.0.1:8080")->authority, "127.0.0.1:8080");
  EXPECT_EQ(parse_address("http://127.0.0.1:80")->authority, "127.0.0.1");
  EXPECT_EQ(parse_address("http://[::1]:8080/x")->host, "::1");
  EXPECT_EQ(parse_address("http://[::1]:8080/x")->authority, "[::1]:8080");
  EXPECT_EQ(parse_address("http://host")->path, "");
}

class AWrongUpstream : public testing::TestWithParam<const char*> {};

TEST_P(AWrongUpstream, IsRefused) {
  EXPECT_FALSE(parse_address(GetParam()));
}

INSTANTIATE_TEST_SUITE_P(Table, AWrongUpstream,
                         testing::Values("", "api.openai.com", "ftp://host", "file:///etc/passwd",
                                         "http://", "http://host:", "http://host:0",
                                         "http://host:65536", "http://host:x", "http://a b",
                                         "http://host/?q=1", "http://host/#f", "http://::1/",
                                         "http://[::1", "http://host\r\nx: y", "http://h\xC3\xA9"));

TEST(AnUpstreamWithCredentials, IsRefusedWithoutShowingThem) {
  const auto refused = parse_address("https://user:s3cret@host/v1");
  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("--upstream-key-env"));
  EXPECT_THAT(refused.error().message, Not(HasSubstr("s3cret")));
}

}  // namespace
}  // namespace mockllm
