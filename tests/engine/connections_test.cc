// Connections: kept, pipelined, half-closed, too many.
#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>
#include <unistd.h>

#include <array>
#include <vector>

#include "tests/engine/engine.h"

namespace engine {
namespace {

using testing::HasSubstr;

TEST(AConnection, AnswersAThousandRequestsOfOnePacketInOrder) {
  Engine engine;
  RawClient client = engine.connect();
  std::string bytes;
  for (int request = 0; request < 1'000; ++request) {
    bytes += get("/" + std::to_string(request));
  }

  client.send(bytes);

  for (int request = 0; request < 1'000; ++request) {
    ASSERT_EQ(client.read_response()->body, "GET /" + std::to_string(request) + " ");
  }
  EXPECT_EQ(engine.stats().requests_total, 1'000U);
}

TEST(AConnection, PausesForOthersAfterPipelinedMaxAndGoesOn) {
  Engine engine({.pipelined_max = 2});
  RawClient client = engine.connect();

  client.send(get("/0") + get("/1") + get("/2") + get("/3") + get("/4"));

  for (int request = 0; request < 5; ++request) {
    ASSERT_EQ(client.read_response()->body, "GET /" + std::to_string(request) + " ");
  }
}

TEST(AConnection, AnswersPipelinedRequestsAroundAStream) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/a") + get("/paced") + post("/b", "x"));

  EXPECT_EQ(client.read_response()->body, "GET /a ");
  EXPECT_EQ(client.read_response()->body, "frame 0\nframe 1\nframe 2\n");
  EXPECT_EQ(client.read_response()->body, "POST /b x");
}

TEST(AConnection, EndsWhereTheClientSaysClose) {
  Engine engine;
  RawClient client = engine.connect();

  client.send("GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n" + get("/ignored"));

  std::optional<RawResponse> response = client.read_response();
  EXPECT_EQ(response->headers["connection"], "close");
  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(engine.stats().requests_total, 1U);
}

TEST(AConnection, EndsAfterOneRequestInHttp10) {
  Engine engine;
  RawClient client = engine.connect();

  client.send("GET /a HTTP/1.0\r\n\r\n");

  EXPECT_EQ(client.read_response()->body, "GET /a ");
  EXPECT_TRUE(client.is_closed());
}

TEST(AConnection, IsKeptInHttp10WhereAskedTo) {
  Engine engine;
  RawClient client = engine.connect();

  client.send("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  std::optional<RawResponse> response = client.read_response();
  client.send("GET /b HTTP/1.0\r\n\r\n");

  EXPECT_EQ(response->headers["connection"], "keep-alive");
  EXPECT_EQ(client.read_response()->body, "GET /b ");
}

TEST(AConnection, AnswersAfterTheClientHasEndedItsSide) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/a") + get("/b"));
  client.end_sending();

  EXPECT_EQ(client.read_response()->body, "GET /a ");
  EXPECT_EQ(client.read_response()->body, "GET /b ");
  EXPECT_TRUE(client.is_closed());
}

TEST(AConnection, ToldOfHalfARequestAnswers400) {
  Engine engine;
  RawClient client = engine.connect();

  client.send("GET / HT");
  client.end_sending();

  EXPECT_EQ(client.read_response()->status, 400);
  EXPECT_TRUE(client.is_closed());
}

TEST(AConnection, ReadsALargeBodyThatComesInPieces) {
  Engine engine;
  RawClient client = engine.connect();
  const std::string body(3 * 1024 * 1024, 'x');

  client.send(post("/a", body) + get("/b"));

  EXPECT_EQ(client.read_response()->body, "POST /a " + body);
  EXPECT_EQ(client.read_response()->body, "GET /b ");
}

TEST(AConnection, ReadsALargeChunkedBody) {
  Engine engine;
  RawClient client = engine.connect();
  std::string bytes = "POST /a HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
  std::string body;
  for (int chunk = 0; chunk < 300; ++chunk) {
    const std::string text(0x1000, static_cast<char>('a' + chunk % 26));
    bytes += "1000\r\n" + text + "\r\n";
    body += text;
  }

  client.send(bytes + "0\r\n\r\n" + get("/b"));

  EXPECT_EQ(client.read_response()->body, "POST /a " + body);
  EXPECT_EQ(client.read_response()->body, "GET /b ");
}

TEST(AnExpectation, IsMetBeforeTheBodyIsSent) {
  Engine engine;
  RawClient client = engine.connect();

  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.read_response()->status, 100);
  client.send("ok");

  EXPECT_EQ(client.read_response()->body, "POST / ok");
}

TEST(AnExpectation, IsNotMetWhereTheBodyWouldBeTooLarge) {
  Engine engine({.body_bytes_max = 1});
  RawClient client = engine.connect();

  client.send("POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");

  EXPECT_EQ(client.read_response()->status, 413);
  EXPECT_TRUE(client.is_closed());
}

TEST(AnExpectation, IsIgnoredInHttp10) {
  Engine engine;
  RawClient client = engine.connect();

  client.send("POST / HTTP/1.0\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  client.send("ok");

  EXPECT_EQ(client.read_response()->body, "POST / ok");
}

TEST(ARefusal, ArrivesEvenWhileTheClientStillSends) {
  Engine engine({.body_bytes_max = 10});
  RawClient client = engine.connect();

  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n");
  client.send(std::string(1'000'000, 'x'));

  EXPECT_EQ(client.read_response()->status, 413);
}

TEST(ARefusal, SaysInTheLogWhatCameInsteadOfARequest) {
  std::array<int, 2> pipe_ends{};
  ASSERT_EQ(::pipe(pipe_ends.data()), 0);
  const base::UniqueFd read_end(pipe_ends[0]);
  const base::UniqueFd write_end(pipe_ends[1]);
  Engine engine({}, write_end.get());
  RawClient client = engine.connect();

  client.send("\x16\x03\x01\x02\x00\x01");
  EXPECT_EQ(client.read_response()->status, 400);

  std::array<char, 512> line{};
  ASSERT_GT(::read(read_end.get(), line.data(), line.size() - 1), 0);
  EXPECT_THAT(std::string(line.data()), HasSubstr("a TLS handshake"));
}

TEST(Connections, AreRefusedAboveTheirLimit) {
  Engine engine({.connections_max = 2});
  RawClient first = engine.connect();
  RawClient second = engine.connect();
  first.send(get("/a"));
  second.send(get("/b"));
  EXPECT_EQ(first.read_response()->status, 200);
  EXPECT_EQ(second.read_response()->status, 200);

  RawClient third = engine.connect();

  std::optional<RawResponse> response = third.read_response();
  EXPECT_EQ(response->status, 503);
  EXPECT_EQ(response->headers["x-limit"], "connections_max");
  EXPECT_TRUE(third.is_closed());
  EXPECT_EQ(engine.stats().connections_refused_total, 1U);
}

// Lowers the limit of open descriptors to what is open now.
class NoDescriptorsLeft {
 public:
  NoDescriptorsLeft() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    const base::UniqueFd next(::dup(0));
    const rlimit full = {static_cast<rlim_t>(next.get()), before_.rlim_max};
    ::setrlimit(RLIMIT_NOFILE, &full);
  }

  NoDescriptorsLeft(const NoDescriptorsLeft&) = delete;
  NoDescriptorsLeft& operator=(const NoDescriptorsLeft&) = delete;

  ~NoDescriptorsLeft() { ::setrlimit(RLIMIT_NOFILE, &before_); }

 private:
  rlimit before_{};
};

TEST(Connections, AreAnswered503WhereNoDescriptorIsLeft) {
  Engine engine({.accept_pause = std::chrono::milliseconds(5)});
  // Both ways are gone once before: a sanitizer looks at objects it has not met through a
  // descriptor.
  RawClient served = engine.connect();
  served.send(get("/a"));
  ASSERT_EQ(served.read_response()->status, 200);
  RawClient malformed = engine.connect();
  malformed.send("no request\r\n\r\n");
  ASSERT_EQ(malformed.read_response()->status, 400);
  base::UniqueFd socket = RawClient::make_socket();
  {
    const NoDescriptorsLeft full;
    RawClient refused(std::move(socket), engine.server().port());

    EXPECT_EQ(refused.read_response()->status, 503);
    EXPECT_TRUE(refused.is_closed());
  }

  RawClient next = engine.connect();
  next.send(get("/a"));
  EXPECT_EQ(next.read_response()->status, 200);
  EXPECT_EQ(engine.stats().connections_refused_total, 1U);
}

TEST(ManyConnections, ComeAndGo) {
  Engine engine;

  for (int round = 0; round < 5; ++round) {
    std::vector<RawClient> clients;
    for (int client = 0; client < 100; ++client) {
      clients.push_back(engine.connect());
      clients.back().send(get("/a"));
    }
    for (RawClient& client : clients) {
      ASSERT_EQ(client.read_response()->status, 200);
    }
  }

  const http::Stats stats =
      engine.stats_when([](const http::Stats& now) { return now.connections_open == 0; });
  EXPECT_EQ(stats.connections_open, 0U);
  EXPECT_EQ(stats.connections_total, 500U);
}

}  // namespace
}  // namespace engine
