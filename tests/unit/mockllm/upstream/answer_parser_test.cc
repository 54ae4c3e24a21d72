#include "mockllm/upstream/answer_parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mockllm {
namespace {

using testing::HasSubstr;

class Heard final : public AnswerParser::Listener {
 public:
  void on_head(UpstreamHead head) override {
    ++heads;
    last = std::move(head);
  }

  void on_body(std::string_view bytes) override { body += bytes; }

  int heads = 0;
  UpstreamHead last;
  std::string body;
};

struct Parsed {
  std::string end = "whole";
  int heads = 0;
  UpstreamHead head;
  std::string body;
};

// In pieces of `size` bytes, and then the end of the connection.
Parsed parse(std::string_view bytes, std::size_t size, UpstreamLimits limits = {}) {
  Heard heard;
  AnswerParser parser(limits, heard);
  base::Result<void> result;
  while (!bytes.empty() && result && !parser.done()) {
    result = parser.read(bytes.substr(0, size));
    bytes.remove_prefix(std::min(size, bytes.size()));
  }
  if (result) {
    result = parser.read_end();
  }
  return {result ? "whole" : result.error().message, heard.heads, heard.last, heard.body};
}

class AnAnswer : public testing::TestWithParam<std::size_t> {};

TEST_P(AnAnswer, OfAKnownLengthIsRead) {
  const Parsed parsed = parse(
      "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX-A: b\r\nSet-Cookie: c\r\n\r\nhello", GetParam());
  EXPECT_EQ(parsed.end, "whole");
  EXPECT_EQ(parsed.heads, 1);
  EXPECT_EQ(parsed.head.status, 200);
  EXPECT_EQ(parsed.head.headers, (http::Headers{{"x-a", "b"}}));
  EXPECT_EQ(parsed.body, "hello");
}

TEST_P(AnAnswer, InChunksIsReadWithoutThem) {
  const Parsed parsed = parse(
      "HTTP/1.1 429 Slow\r\nTransfer-Encoding: "
      "chunked\r\n\r\n5;x=y\r\nhello\r\n1\r\n!\r\n0\r\nX-T: 1\r\n\r\n",
      GetParam());
  EXPECT_EQ(parsed.end, "whole");
  EXPECT_EQ(parsed.head.status, 429);
  EXPECT_EQ(parsed.body, "hello!");
}

TEST_P(AnAnswer, ThatEndsWithTheConnectionIsRead) {
  const Parsed parsed = parse("HTTP/1.0 200 OK\r\n\r\nhello", GetParam());
  EXPECT_EQ(parsed.end, "whole");
  EXPECT_EQ(parsed.body, "hello");
}

TEST_P(AnAnswer, MayFollowInterimOnes) {
  const Parsed parsed = parse(
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early\r\nlink: x\r\n\r\nHTTP/1.1 200 "
      "OK\r\ncontent-length: 2\r\n\r\nok",
      GetParam());
  EXPECT_EQ(parsed.end, "whole");
  EXPECT_EQ(parsed.heads, 1);
  EXPECT_EQ(parsed.head.status, 200);
  EXPECT_EQ(parsed.body, "ok");
}

TEST_P(AnAnswer, WithoutABodyIsWhole) {
  EXPECT_EQ(parse("HTTP/1.1 204 No\r\n\r\n", GetParam()).end, "whole");
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n", GetParam()).end, "whole");
}

TEST_P(AnAnswer, CutShortIsNoAnswer) {
  EXPECT_THAT(parse("", GetParam()).end, HasSubstr("without an answer"));
  EXPECT_THAT(parse("HTTP/1.1 200 OK\r\nContent-Le", GetParam()).end, HasSubstr("cut short"));
  EXPECT_THAT(parse("HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhello", GetParam()).end,
              HasSubstr("cut short"));
  EXPECT_THAT(
      parse("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n", GetParam()).end,
      HasSubstr("cut short"));
  EXPECT_THAT(parse("HTTP/1.1 100 Continue\r\n\r\n", GetParam()).end,
              HasSubstr("without an answer"));
}

TEST_P(AnAnswer, ThatIsNotHttpIsRefused) {
  EXPECT_THAT(parse("<html>no</html>\r\n\r\n", GetParam()).end, HasSubstr("not HTTP/1"));
  EXPECT_THAT(parse("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n", GetParam()).end,
              HasSubstr("not HTTP/1"));
}

TEST_P(AnAnswer, OverALimitIsRefused) {
  UpstreamLimits limits;
  limits.body_bytes_max = 4;
  EXPECT_EQ(parse("HTTP/1.1 200 OK\r\ncontent-length: 4\r\n\r\nfour", GetParam(), limits).end,
            "whole");
  EXPECT_THAT(parse("HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello", GetParam(), limits).end,
              HasSubstr("over a limit"));
  EXPECT_THAT(parse("HTTP/1.0 200 OK\r\n\r\nhello", GetParam(), limits).end,
              HasSubstr("over a limit"));
  EXPECT_THAT(parse("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",
                    GetParam(), limits)
                  .end,
              HasSubstr("over a limit"));
  limits.head_bytes_max = 64;
  EXPECT_THAT(
      parse("HTTP/1.1 200 OK\r\nx: " + std::string(200, 'x') + "\r\n\r\n", GetParam(), limits).end,
      HasSubstr("over a limit"));
}

TEST_P(AnAnswer, DoesNotStayInterimForEver) {
  std::string bytes;
  for (int i = 0; i < 20; ++i) {
    bytes += "HTTP/1.1 100 Continue\r\n\r\n";
  }
  EXPECT_THAT(parse(bytes, GetParam()).end, HasSubstr("interim"));
}

INSTANTIATE_TEST_SUITE_P(InPiecesOf, AnAnswer, testing::Values(1, 2, 7, 100'000));

}  // namespace
}  // namespace mockllm
