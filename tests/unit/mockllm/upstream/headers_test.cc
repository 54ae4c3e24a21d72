#include "mockllm/upstream/headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockllm {
namespace {

using testing::HasSubstr;
using testing::Not;

std::string sent(const std::vector<http::Header>& headers, std::string_view key) {
  const UpstreamRequest request{"POST", "/chat/completions", &headers, "{}"};
  return request_bytes(request, *parse_address("http://host/v1"), key);
}

TEST(ARequest, IsWrittenForTheUpstream) {
  EXPECT_EQ(sent({{"Content-Type", "application/json"}}, "the-key"),
            "POST /v1/chat/completions HTTP/1.1\r\nHost: host\r\nContent-Type: application/json\r\n"
            "Authorization: Bearer the-key\r\nAccept-Encoding: identity\r\nConnection: close\r\n"
            "Content-Length: 2\r\n\r\n{}");
}

TEST(ARequestWithAKey, CarriesNoCredentialOfTheApplication) {
  const std::string bytes =
      sent({{"AUTHORIZATION", "Bearer app"}, {"api-key", "app"}, {"X-Api-Key", "app"}}, "k");
  EXPECT_THAT(bytes, Not(HasSubstr("app")));
}

TEST(ARequestWithoutAKey, CarriesTheApplicationsOwn) {
  EXPECT_THAT(sent({{"Authorization", "Bearer app"}}, ""),
              HasSubstr("Authorization: Bearer app\r\n"));
}

TEST(ARequest, LeavesOutWhatIsForUsOrForOneConnection) {
  const std::string bytes = sent({{"Host", "drop"},
                                  {"Connection", "keep-alive, x-hop"},
                                  {"X-Hop", "drop"},
                                  {"Transfer-Encoding", "drop"},
                                  {"Content-Length", "999"},
                                  {"Accept-Encoding", "gzip"},
                                  {"Cookie", "drop"},
                                  {"X-Mock-Session", "drop"},
                                  {"baggage", "drop"},
                                  {"Expect", "100-continue"},
                                  {"X-Stainless-Lang", "python"}},
                                 "k");
  EXPECT_THAT(bytes, Not(HasSubstr("drop")));
  EXPECT_THAT(bytes, Not(HasSubstr("999")));
  EXPECT_THAT(bytes, Not(HasSubstr("gzip")));
  EXPECT_THAT(bytes, Not(HasSubstr("100-continue")));
  EXPECT_THAT(bytes, HasSubstr("X-Stainless-Lang: python\r\n"));
}

TEST(AnAnswersHeaders, AreHandedOnButForConnectionAndCookies) {
  EXPECT_TRUE(is_handed_on("content-type"));
  EXPECT_TRUE(is_handed_on("x-request-id"));
  EXPECT_FALSE(is_handed_on("Transfer-Encoding"));
  EXPECT_FALSE(is_handed_on("Content-Length"));
  EXPECT_FALSE(is_handed_on("Set-Cookie"));
}

}  // namespace
}  // namespace mockllm
