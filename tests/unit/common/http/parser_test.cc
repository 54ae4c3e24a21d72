#include "common/http/parser.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

#include "common/base/random.h"

namespace http {
namespace {

using Progress = RequestParser::Progress;

Progress parse(RequestParser& parser, std::string& bytes) {
  return parser.parse({bytes.data(), bytes.size()});
}

TEST(ARequest, IsMadeOfViewsIntoTheBytes) {
  const Limits limits;
  RequestParser parser(limits);
  std::string bytes =
      "POST /a/b?c=d&e HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nX-Two:  v \r\n\r\nok";

  ASSERT_EQ(parse(parser, bytes), Progress::kWhole);

  const Request& request = parser.request();
  EXPECT_EQ(request.method, "POST");
  EXPECT_EQ(request.target, "/a/b?c=d&e");
  EXPECT_EQ(request.path, "/a/b");
  EXPECT_EQ(request.query, "c=d&e");
  EXPECT_EQ(request.body, "ok");
  EXPECT_EQ(request.header("x-two"), "v");
  EXPECT_EQ(request.header("missing"), "");
  EXPECT_EQ(request.body.data(), bytes.data() + bytes.size() - 2);
  EXPECT_EQ(parser.size(), bytes.size());
}

// The connection's buffer grows while a body comes; what was read from the head must follow.
TEST(ARequest, FollowsBytesThatMove) {
  const Limits limits;
  RequestParser parser(limits);
  std::string head = "POST /path HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n";
  ASSERT_EQ(parse(parser, head), Progress::kBodyNeeded);
  std::string moved = head + "ok";
  moved.reserve(4096);
  head.assign(head.size(), '!');

  ASSERT_EQ(parse(parser, moved), Progress::kWhole);

  EXPECT_EQ(parser.request().method, "POST");
  EXPECT_EQ(parser.request().path, "/path");
  EXPECT_EQ(parser.request().header("host"), "x");
  EXPECT_EQ(parser.request().body, "ok");
}

TEST(ARequest, EndsWhereTheNextBegins) {
  const Limits limits;
  RequestParser parser(limits);
  std::string bytes = "GET /a HTTP/1.1\r\nHost: x\r\n\r\nGET /b HTTP/1.1\r\nHost: x\r\n\r\n";

  ASSERT_EQ(parse(parser, bytes), Progress::kWhole);
  bytes.erase(0, parser.size());
  parser.reset();

  ASSERT_EQ(parse(parser, bytes), Progress::kWhole);
  EXPECT_EQ(parser.request().path, "/b");
  EXPECT_EQ(parser.request().headers.size(), 1U);
}

TEST(TheParser, SaysHowLargeTheRequestWillBe) {
  const Limits limits;
  RequestParser parser(limits);
  std::string head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";

  ASSERT_EQ(parse(parser, head), Progress::kBodyNeeded);

  EXPECT_EQ(parser.announced_size(), head.size() + 1000);
}

TEST(TheParser, NamesAnotherProtocol) {
  const std::vector<std::pair<std::string, std::string>> cases = {
      {std::string("\x16\x03\x01", 3), "a TLS handshake"},
      {"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", "the preface of HTTP/2"},
      {"GET /\r\n", "HTTP/0.9"},
      {"GET / HTTP/3.0\r\nHost: x\r\n\r\n", "another version of HTTP"},
      {"CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n", "CONNECT"}};
  for (const auto& [bytes, guise] : cases) {
    const Limits limits;
    RequestParser parser(limits);
    std::string copy = bytes;

    ASSERT_EQ(parse(parser, copy), Progress::kRefused);
    EXPECT_EQ(parser.refusal().guise, guise);
  }
}

// The same answer for every way of cutting the same bytes in two.
TEST(TheParser, DoesNotCareWhereTheBytesAreCut) {
  const std::string whole =
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nX: y\r\n\r\n"
      "5;q=\"1\"\r\nhello\r\n006\r\n world\r\n0\r\nX-Trailer: z\r\n\r\n";
  for (std::size_t cut = 1; cut < whole.size(); ++cut) {
    const Limits limits;
    RequestParser parser(limits);
    std::string bytes = whole.substr(0, cut);
    const Progress first = parse(parser, bytes);
    ASSERT_TRUE(first == Progress::kHeadNeeded || first == Progress::kBodyNeeded) << cut;
    // What the parser has decoded in place stays with the bytes.
    bytes += whole.substr(cut);

    ASSERT_EQ(parse(parser, bytes), Progress::kWhole) << cut;
    ASSERT_EQ(parser.request().body, "hello world") << cut;
    ASSERT_EQ(parser.request().headers.size(), 3U) << cut;
    ASSERT_EQ(parser.size(), whole.size()) << cut;
  }
}

// No crash, and no request that is longer than its bytes, whatever one byte is changed to.
TEST(TheParser, SurvivesEveryChangeOfOneByte) {
  const std::string whole =
      "POST /a HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n"
      "3\r\nabc\r\n0\r\nX: z\r\n\r\n";
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      std::string bytes = whole;
      bytes[at] = static_cast<char>(value);
      const Limits limits;
      RequestParser parser(limits);

      if (parse(parser, bytes) == Progress::kWhole) {
        ASSERT_LE(parser.size(), bytes.size());
        ASSERT_LE(parser.request().body.size(), bytes.size());
      }
    }
  }
}

TEST(TheParser, SurvivesRandomBytesFedInPieces) {
  base::SeededRandom random(7);
  const std::string_view alphabet = "\r\n\r\n :;0159afGPOST/HTTP1.Hostchunked\0\xff";
  for (int round = 0; round < 3'000; ++round) {
    const Limits limits;
    RequestParser parser(limits);
    std::string bytes = random.below(2) == 0
                            ? ""
                            : "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    Progress progress = Progress::kHeadNeeded;
    for (int piece = 0; piece < 10 && progress != Progress::kRefused; ++piece) {
      random.append(bytes, 1 + random.below(20), alphabet);
      progress = parse(parser, bytes);
      if (progress == Progress::kWhole) {
        break;
      }
    }
  }
}

}  // namespace
}  // namespace http
