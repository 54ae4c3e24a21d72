#include "common/http/response_writer.h"

#include <gtest/gtest.h>

namespace http {
namespace {

using std::chrono::milliseconds;

TEST(TheDateLine, IsInTheFormOfRfc9110) {
  DateLine date;

  EXPECT_EQ(date.at(base::WallTime(milliseconds(784'111'777'999))),
            "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n");
  EXPECT_EQ(date.at(base::WallTime(milliseconds(784'111'778'000))),
            "Date: Sun, 06 Nov 1994 08:49:38 GMT\r\n");
}

TEST(AHead, IsStatusDateHeadersAndFraming) {
  std::string out;

  const std::size_t dropped = append_head(out, {404, {{"x-a", "b"}}, "abc"}, {}, "Date: d\r\n");

  EXPECT_EQ(dropped, 0U);
  EXPECT_EQ(out, "HTTP/1.1 404 Not Found\r\nDate: d\r\nx-a: b\r\nContent-Length: 3\r\n\r\n");
}

TEST(AHead, HoldsNoByteThatASplitterSends) {
  for (const char byte : {'\r', '\n', '\0'}) {
    std::string out;
    const std::string bad = std::string("a") + byte + "b";

    const std::size_t dropped = append_head(out, {200, {{bad, "v"}, {"n", bad}}, ""}, {}, "");

    EXPECT_EQ(dropped, 2U);
    EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
  }
}

TEST(AChunk, IsItsSizeInHexAndItsBytes) {
  std::string out;

  append_chunk(out, std::string(26, 'x'));

  EXPECT_EQ(out, "1a\r\n" + std::string(26, 'x') + "\r\n");
}

TEST(AChunk, IsNotTheEndWhereItIsEmpty) {
  std::string out;

  append_chunk(out, "");

  EXPECT_EQ(out, "");
}

}  // namespace
}  // namespace http
