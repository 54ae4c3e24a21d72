// What is a request and what is not: raw bytes in, the answers out, each case once in one piece and
// once byte by byte.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "tests/engine/engine.h"

namespace engine {
namespace {

struct Case {
  std::string name;
  std::string bytes;
  // "200 BODY" for answers that keep the connection, "400" and the like for the one that ends it.
  std::vector<std::string> answers;
};

void PrintTo(const Case& value, std::ostream* out) {
  *out << value.name;
}

const std::string kHost = "Host: a\r\n";

std::string chunked(const std::string& body) {
  return "POST / HTTP/1.1\r\n" + kHost + "Transfer-Encoding: chunked\r\n\r\n" + body;
}

std::string with(const std::string& headers, const std::string& body = "") {
  return "POST / HTTP/1.1\r\n" + kHost + headers + "\r\n" + body;
}

std::vector<Case> lawful() {
  return {
      {"Get", get("/a?b=c"), {"200 GET /a?b=c "}},
      {"Post", post("/a", "hello"), {"200 POST /a hello"}},
      {"ABodyOfZeroBytes", post("/a", ""), {"200 POST /a "}},
      {"ALengthOf010IsTen",
       with("Content-Length: 010\r\n", "0123456789"),
       {"200 POST / 0123456789"}},
      {"TheNextRequestInsideTheBody", post("/a", get("/evil")), {"200 POST /a " + get("/evil")}},
      {"TwoInOnePacket", get("/a") + get("/b"), {"200 GET /a ", "200 GET /b "}},
      {"AnEmptyLineBetween", get("/a") + "\r\n" + get("/b"), {"200 GET /a ", "200 GET /b "}},
      {"Chunks", chunked("5\r\nhello\r\n6\r\n world\r\n0\r\n\r\n"), {"200 POST / hello world"}},
      {"ChunksInUpperCaseHex", chunked("A\r\n0123456789\r\n0\r\n\r\n"), {"200 POST / 0123456789"}},
      {"ChunkSizesWithZeros", chunked("0005\r\nhello\r\n000\r\n\r\n"), {"200 POST / hello"}},
      {"ChunkExtensions", chunked("5;a=b;c=\"d\"\r\nhello\r\n0\r\n\r\n"), {"200 POST / hello"}},
      {"Trailers", chunked("5\r\nhello\r\n0\r\nX-Sum: 1\r\n\r\n"), {"200 POST / hello"}},
      {"ARequestAfterChunks",
       chunked("1\r\nx\r\n0\r\n\r\n") + get("/b"),
       {"200 POST / x", "200 GET /b "}},
      {"ABodyWithCarriageReturnsInChunks",
       chunked("4\r\n\r\n\r\n\r\n0\r\n\r\n"),
       {"200 POST / \r\n\r\n"}},
      {"AnAbsoluteTarget",
       "GET http://a.example:80/p?q HTTP/1.1\r\nHost: a\r\n\r\n",
       {"200 GET /p?q "}},
      {"AnAbsoluteTargetWithoutAPath",
       "GET http://a.example HTTP/1.1\r\nHost: a\r\n\r\n",
       {"200 GET / "}},
      {"AnUnknownMethod", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", {"200 BREW / "}},
      {"AHeaderValueOfOtherBytes",
       "GET / HTTP/1.1\r\nHost: a\r\nX: \xc3\xa9%0d%0a\r\n\r\n",
       {"200 GET / "}},
      {"AnEmptyHost", "GET / HTTP/1.1\r\nHost:\r\n\r\n", {"200 GET / "}},
      {"AnExpectationAndABody",
       with("Expect: 100-continue\r\nContent-Length: 2\r\n", "ok"),
       {"200 POST / ok"}},
  };
}

std::vector<Case> unlawful() {
  return {
      {"LengthAndChunks",
       with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"),
       {"400"}},
      {"ChunksAndLength",
       with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"),
       {"400"}},
      {"TwoLengths", with("Content-Length: 5\r\nContent-Length: 6\r\n", "hello"), {"400"}},
      {"TheSameLengthTwice", with("Content-Length: 5\r\nContent-Length: 5\r\n", "hello"), {"400"}},
      {"AListOfLengths", with("Content-Length: 5, 5\r\n", "hello"), {"400"}},
      {"ALengthWithAPlus", with("Content-Length: +5\r\n", "hello"), {"400"}},
      {"ALengthInHex", with("Content-Length: 0x5\r\n", "hello"), {"400"}},
      {"ANegativeLength", with("Content-Length: -1\r\n", "hello"), {"400"}},
      {"AnEmptyLength", with("Content-Length:\r\n", "hello"), {"400"}},
      {"ALengthOf2To64", with("Content-Length: 18446744073709551616\r\n", "hello"), {"400"}},
      {"ALengthOf2To64LessOne", with("Content-Length: 18446744073709551615\r\n", "hello"), {"413"}},
      {"ALengthWithABlank", with("Content-Length: 5 5\r\n", "hello"), {"400"}},
      {"AnotherCoding", with("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), {"501"}},
      {"AnUnknownCoding", with("Transfer-Encoding: xchunked\r\n", "0\r\n\r\n"), {"501"}},
      {"ChunkedTwice",
       with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"),
       {"400"}},
      {"AnEmptyCoding", with("Transfer-Encoding:\r\n"), {"400"}},
      {"ACodingWithAVerticalTab",
       with("Transfer-Encoding: \x0b"
            "chunked\r\n"),
       {"400"}},
      {"ACodingInHttp10",
       "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       {"400"}},
      {"AChunkSizeThatOverflows", chunked("10000000000000005\r\nhello\r\n0\r\n\r\n"), {"400"}},
      {"ANegativeChunkSize", chunked("-5\r\nhello\r\n0\r\n\r\n"), {"400"}},
      {"AChunkSizeWithAnUnderscore", chunked("0_5\r\nhello\r\n0\r\n\r\n"), {"400"}},
      {"AChunkSizeWithAPrefix", chunked("0x5\r\nhello\r\n0\r\n\r\n"), {"400"}},
      {"AnEmptyChunkSize", chunked("\r\nhello\r\n0\r\n\r\n"), {"400"}},
      {"AChunkThatIsTooLong", chunked("5\r\nhello!\r\n0\r\n\r\n"), {"400"}},
      {"AChunkLineWithABareLineFeed", chunked("5\nhello\r\n0\r\n\r\n"), {"400"}},
      {"AnExtensionWithALineFeed", chunked("5;a\nb\r\nhello\r\n0\r\n\r\n"), {"400"}},
      {"AnEmptyExtension", chunked("5;\r\nhello\r\n0\r\n\r\n"), {"400"}},
      {"ALengthInTheTrailers", chunked("0\r\nContent-Length: 5\r\n\r\n"), {"400"}},
      {"AHostInTheTrailers", chunked("0\r\nHost: b\r\n\r\n"), {"400"}},
      {"AFoldedTrailer", chunked("0\r\nX: a\r\n b\r\n\r\n"), {"400"}},
      {"AFoldedEmptyTrailer", chunked("0\r\nX:\r\n b\r\n\r\n"), {"400"}},
      {"AFoldedHeader", with("X: a\r\n b\r\n"), {"400"}},
      {"ABlankBeforeTheColon", with("X : a\r\n"), {"400"}},
      {"AnEmptyName", with(": a\r\n"), {"400"}},
      {"NoColon", with("X\r\n"), {"400"}},
      {"AZeroByteInAValue", with(std::string("X: a\0b\r\n", 8)), {"400"}},
      {"ACarriageReturnInAValue", with("X: a\rb\r\n"), {"400"}},
      {"ALineFeedInAValue", with("X: a\nb\r\n"), {"400"}},
      {"BareLineFeeds", "GET / HTTP/1.1\nHost: a\n\n", {"400"}},
      {"NoHost", "GET / HTTP/1.1\r\n\r\n", {"400"}},
      {"TwoHosts", "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n", {"400"}},
      {"AHostThatIsAPath", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", {"400"}},
      {"AHostWithAUser", "GET / HTTP/1.1\r\nHost: a@b\r\n\r\n", {"400"}},
      {"AnotherExpectation", with("Expect: 200-ok\r\n"), {"417"}},
      {"AnotherVersion", "GET / HTTP/9.9\r\nHost: a\r\n\r\n", {"505"}},
      {"AVersionInLowerCase", "GET / http/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"AVersionOfManyDigits", "GET / HTTP/1.11\r\nHost: a\r\n\r\n", {"400"}},
      {"Http09", "GET /\r\n", {"400"}},
      {"TwoBlanks", "GET  / HTTP/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"ATargetWithABlank", "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"ATargetWithAFragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"ATargetWithOtherBytes", "GET /\xc3\xa9 HTTP/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"ATargetThatIsNoPath", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"AnAddressOfAnotherScheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"AnAddressWithAUser", "GET http://u@a/ HTTP/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"Connect", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", {"405"}},
      {"TheStar", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"OptionsOfTheServer", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", {"501"}},
      {"TheHttp2Preface", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", {"505"}},
      {"ATlsHandshake", "\x16\x03\x01\x02", {"400"}},
      {"AMethodThatIsNoToken", "G@T / HTTP/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"TwoEmptyLines", "\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", {"400"}},
      {"ASecondRequestThatIsWrong", get("/a") + "GET / HTTP/1.1\r\n\r\n", {"200 GET /a ", "400"}},
  };
}

class RawBytes : public testing::TestWithParam<Case> {
 protected:
  void expect_answers(RawClient& client) {
    for (const std::string& expected : GetParam().answers) {
      std::optional<RawResponse> response = client.read_response();
      if (response && response->status == 100) {
        response = client.read_response();
      }
      ASSERT_TRUE(response.has_value());
      EXPECT_TRUE(response->complete);
      if (expected.size() > 3) {
        EXPECT_EQ(std::to_string(response->status) + " " + response->body, expected);
      } else {
        EXPECT_EQ(std::to_string(response->status), expected);
        EXPECT_EQ(response->headers["connection"], "close");
        EXPECT_TRUE(client.is_closed());
        return;
      }
    }
    client.send(get("/after"));
    const std::optional<RawResponse> after = client.read_response();
    ASSERT_TRUE(after.has_value());
    EXPECT_EQ(after->body, "GET /after ");
  }

  Engine engine_;
};

TEST_P(RawBytes, AreReadInOnePiece) {
  RawClient client = engine_.connect();

  client.send(GetParam().bytes);

  expect_answers(client);
}

TEST_P(RawBytes, AreReadByteByByte) {
  RawClient client = engine_.connect();

  client.send_byte_by_byte(GetParam().bytes);

  expect_answers(client);
}

std::string name_of(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

INSTANTIATE_TEST_SUITE_P(Lawful, RawBytes, testing::ValuesIn(lawful()), name_of);
INSTANTIATE_TEST_SUITE_P(Unlawful, RawBytes, testing::ValuesIn(unlawful()), name_of);

}  // namespace
}  // namespace engine
