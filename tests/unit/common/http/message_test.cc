#include "common/http/message.h"

#include <gtest/gtest.h>

namespace http {
namespace {

TEST(AHeader, IsFoundInAnyCaseAndTheFirstWins) {
  Request request;
  request.headers = {{"X-A", "1"}, {"x-a", "2"}};

  EXPECT_EQ(request.header("x-A"), "1");
  EXPECT_EQ(request.header("x-b"), "");
}

TEST(AReasonPhrase, IsNeverEmpty) {
  EXPECT_EQ(reason_phrase(404), "Not Found");
  EXPECT_EQ(reason_phrase(799), "Unknown");
}

}  // namespace
}  // namespace http
