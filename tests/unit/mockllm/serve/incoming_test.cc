#include "mockllm/serve/incoming.h"

#include <gtest/gtest.h>

namespace mockllm {
namespace {

Incoming read(std::vector<http::Header> headers) {
  http::Request request;
  request.headers = std::move(headers);
  return read_incoming(request, "prefix");
}

TEST(Incoming, FindsHeadersInAnyCase) {
  const Incoming incoming = read({{"AUTHORIZATION", "bearer  sk-1 "},
                                  {"X-Mock-Session", "s"},
                                  {"Baggage", "a=b"},
                                  {"Idempotency-Key", "k"},
                                  {"X-Stainless-Retry-Count", "2"}});

  EXPECT_EQ(incoming.selection.prefix, "prefix");
  EXPECT_EQ(incoming.selection.key, "sk-1");
  EXPECT_EQ(incoming.selection.header, "s");
  EXPECT_EQ(incoming.selection.baggage, "a=b");
  EXPECT_EQ(incoming.idempotency_key, "k");
  EXPECT_EQ(incoming.retry, 2);
}

TEST(Incoming, TakesNoKeyOfAnotherScheme) {
  EXPECT_EQ(read({{"authorization", "Basic sk-1"}}).selection.key, "");
  EXPECT_EQ(read({{"authorization", "Bearer"}}).selection.key, "");
  EXPECT_EQ(read({{"authorization", "sk-1"}}).selection.key, "");
}

TEST(Incoming, CountsNoRetryThatIsNoNumber) {
  EXPECT_EQ(read({{"x-stainless-retry-count", "two"}}).retry, 0);
  EXPECT_EQ(read({{"x-stainless-retry-count", "2x"}}).retry, 0);
  EXPECT_EQ(read({{"x-stainless-retry-count", "-1"}}).retry, 0);
  EXPECT_EQ(read({{"x-stainless-retry-count", "99999999999999999999"}}).retry, 0);
  EXPECT_EQ(read({{"x-stainless-retry-count", ""}}).retry, 0);
}

}  // namespace
}  // namespace mockllm
