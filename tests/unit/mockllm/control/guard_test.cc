#include "mockllm/control/guard.h"

#include <gtest/gtest.h>

namespace mockllm {
namespace {

int status_of(std::vector<http::Header> headers, std::string_view token = {},
              const std::vector<std::string>& hosts = {}) {
  http::Request request;
  request.headers = std::move(headers);
  const std::optional<Refusal> refusal = refuse_caller(request, token, hosts);
  return refusal.has_value() ? refusal->status : 200;
}

TEST(WithoutAToken, ALoopbackNameIsEnough) {
  EXPECT_EQ(status_of({{"Host", "127.0.0.1:4010"}}), 200);
  EXPECT_EQ(status_of({{"Host", "localhost:4010"}}), 200);
  EXPECT_EQ(status_of({{"Host", "LOCALHOST"}}), 200);
  EXPECT_EQ(status_of({{"Host", "[::1]:4010"}}), 200);
  EXPECT_EQ(status_of({{"Host", "127.8.9.1"}}), 200);
}

TEST(WithoutAToken, AReboundNameIsRefused) {
  EXPECT_EQ(status_of({{"Host", "evil.example:4010"}}), 403);
  EXPECT_EQ(status_of({{"Host", "127.0.0.1.evil.example"}}), 403);
  EXPECT_EQ(status_of({{"Host", "127.evil.0.1"}}), 403);
  EXPECT_EQ(status_of({{"Host", "localhost.evil.example"}}), 403);
  EXPECT_EQ(status_of({{"Host", "10.0.0.1"}}), 403);
  EXPECT_EQ(status_of({}), 403);
}

TEST(WithoutAToken, ANameOfOursIsEnough) {
  EXPECT_EQ(status_of({{"Host", "mockllm:4010"}}, {}, {"mockllm"}), 200);
}

TEST(WithAToken, OnlyTheTokenCounts) {
  EXPECT_EQ(
      status_of({{"Host", "mockllm:4010"}, {"Authorization", "Bearer right-token"}}, "right-token"),
      200);
  EXPECT_EQ(status_of({{"Host", "x"}, {"authorization", "bearer  right-token "}}, "right-token"),
            200);
  EXPECT_EQ(status_of({{"Host", "localhost"}}, "right-token"), 401);
  EXPECT_EQ(
      status_of({{"Host", "localhost"}, {"Authorization", "Bearer wrong-token"}}, "right-token"),
      401);
  EXPECT_EQ(status_of({{"Host", "localhost"}, {"Authorization", "right-token"}}, "right-token"),
            401);
  EXPECT_EQ(status_of({{"Host", "localhost"}, {"Authorization", "Bearer "}}, "right-token"), 401);
}

TEST(APageOfAnotherOrigin, IsRefused) {
  EXPECT_EQ(status_of({{"Host", "localhost:4010"}, {"Origin", "https://evil.example"}}), 403);
  EXPECT_EQ(status_of({{"Host", "localhost:4010"}, {"Origin", "null"}}), 403);
  EXPECT_EQ(status_of({{"Host", "localhost:4010"}, {"Origin", "http://localhost:3000"}}), 403);
  EXPECT_EQ(status_of({{"Host", "localhost:4010"}, {"Sec-Fetch-Site", "cross-site"}}), 403);
  EXPECT_EQ(
      status_of({{"Host", "h"}, {"Origin", "http://e"}, {"Authorization", "Bearer right-token"}},
                "right-token"),
      403);
}

TEST(OurOwnPage, IsLetIn) {
  EXPECT_EQ(status_of({{"Host", "localhost:4010"}, {"Origin", "http://localhost:4010"}}), 200);
  EXPECT_EQ(status_of({{"Host", "localhost:4010"}, {"Sec-Fetch-Site", "same-origin"}}), 200);
  EXPECT_EQ(status_of({{"Host", "localhost:4010"}, {"Sec-Fetch-Site", "none"}}), 200);
}

}  // namespace
}  // namespace mockllm
