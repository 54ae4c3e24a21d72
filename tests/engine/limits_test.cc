// Each limit at one below, at it, and one above.
#include <gtest/gtest.h>

#include "tests/engine/engine.h"

namespace engine {
namespace {

struct Outcome {
  int status;
  std::string limit;
  bool operator==(const Outcome&) const = default;
};

void PrintTo(const Outcome& outcome, std::ostream* out) {
  *out << outcome.status << " " << outcome.limit;
}

Outcome send(const http::Limits& limits, const std::string& bytes) {
  Engine engine(limits);
  RawClient client = engine.connect();
  client.send(bytes);
  std::optional<RawResponse> response = client.read_response();
  return {response->status, response->headers["x-limit"]};
}

const Outcome kServed = {200, ""};

TEST(TheTarget, MayHaveTargetBytesMax) {
  const http::Limits limits{.target_bytes_max = 100};

  EXPECT_EQ(send(limits, get("/" + std::string(98, 'a'))), kServed);
  EXPECT_EQ(send(limits, get("/" + std::string(99, 'a'))), kServed);
  EXPECT_EQ(send(limits, get("/" + std::string(100, 'a'))), (Outcome{414, "target_bytes_max"}));
}

TEST(TheTarget, IsRefusedBeforeItsLineEnds) {
  EXPECT_EQ(send({}, "GET /" + std::string(1024 * 1024, 'a')), (Outcome{414, "target_bytes_max"}));
}

TEST(TheHead, MayHaveHeaderBytesMax) {
  const std::string request = get("/a");
  const std::size_t size = request.size();

  EXPECT_EQ(send({.header_bytes_max = size + 1}, request), kServed);
  EXPECT_EQ(send({.header_bytes_max = size}, request), kServed);
  EXPECT_EQ(send({.header_bytes_max = size - 1}, request), (Outcome{431, "header_bytes_max"}));
}

TEST(TheHead, IsRefusedBeforeAHeaderEnds) {
  EXPECT_EQ(send({}, "GET / HTTP/1.1\r\nX: " + std::string(1024 * 1024, 'a')),
            (Outcome{431, "header_bytes_max"}));
}

TEST(TheHead, MayHaveHeadersMax) {
  const auto request = [](int count) {
    std::string bytes = "GET / HTTP/1.1\r\nHost: a\r\n";
    for (int header = 1; header < count; ++header) {
      bytes += "X: y\r\n";
    }
    return bytes + "\r\n";
  };

  EXPECT_EQ(send({.headers_max = 10}, request(9)), kServed);
  EXPECT_EQ(send({.headers_max = 10}, request(10)), kServed);
  EXPECT_EQ(send({.headers_max = 10}, request(11)), (Outcome{431, "headers_max"}));
}

TEST(TheBody, MayHaveBodyBytesMax) {
  const http::Limits limits{.body_bytes_max = 10};

  EXPECT_EQ(send(limits, post("/", std::string(9, 'x'))), kServed);
  EXPECT_EQ(send(limits, post("/", std::string(10, 'x'))), kServed);
  EXPECT_EQ(send(limits, post("/", std::string(11, 'x'))), (Outcome{413, "body_bytes_max"}));
}

std::string chunked(const std::string& chunks) {
  return "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + chunks;
}

TEST(TheBody, MayHaveBodyBytesMaxInChunks) {
  const http::Limits limits{.body_bytes_max = 10};

  EXPECT_EQ(send(limits, chunked("5\r\nhello\r\n4\r\nhell\r\n0\r\n\r\n")), kServed);
  EXPECT_EQ(send(limits, chunked("5\r\nhello\r\n5\r\nhello\r\n0\r\n\r\n")), kServed);
  EXPECT_EQ(send(limits, chunked("5\r\nhello\r\n6\r\nhello!\r\n0\r\n\r\n")),
            (Outcome{413, "body_bytes_max"}));
}

TEST(TheBody, MayHaveChunkOverheadBytesMax) {
  const std::string body = chunked("1\r\nx\r\n0\r\n\r\n");  // 5 and 5 bytes of framing

  EXPECT_EQ(send({.chunk_overhead_bytes_max = 11}, body), kServed);
  EXPECT_EQ(send({.chunk_overhead_bytes_max = 10}, body), kServed);
  EXPECT_EQ(send({.chunk_overhead_bytes_max = 9}, body),
            (Outcome{400, "chunk_overhead_bytes_max"}));
}

TEST(TheBody, MayNotBeAMillionChunksOfOneByte) {
  std::string chunks;
  for (int chunk = 0; chunk < 1'000'000; ++chunk) {
    chunks += "1\r\nx\r\n";
  }

  EXPECT_EQ(send({}, chunked(chunks)), (Outcome{400, "chunk_overhead_bytes_max"}));
}

TEST(TheBody, MayNotHaveAnEndlessExtension) {
  EXPECT_EQ(send({}, chunked("5;" + std::string(200 * 1024, 'a'))),
            (Outcome{400, "chunk_overhead_bytes_max"}));
}

TEST(TheTrailers, CountAsHeaders) {
  std::string trailers = "0\r\n";
  for (int trailer = 0; trailer < 200; ++trailer) {
    trailers += "X: y\r\n";
  }

  EXPECT_EQ(send({}, chunked(trailers + "\r\n")), (Outcome{431, "headers_max"}));
  EXPECT_EQ(send({.header_bytes_max = 80}, chunked("0\r\nX: " + std::string(90, 'y') + "\r\n\r\n")),
            (Outcome{431, "header_bytes_max"}));
}

TEST(TheTrailers, MayNotBeEndless) {
  EXPECT_EQ(send({}, chunked("0\r\nX: " + std::string(200 * 1024, 'a'))),
            (Outcome{400, "chunk_overhead_bytes_max"}));
}

}  // namespace
}  // namespace engine
