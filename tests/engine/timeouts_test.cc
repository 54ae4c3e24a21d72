// Slow clients, with limits so small that nothing has to be waited for long.
#include <gtest/gtest.h>

#include "tests/engine/engine.h"

namespace engine {
namespace {

using std::chrono::milliseconds;

void expect_timeout(RawClient& client, const std::string& limit) {
  std::optional<RawResponse> response = client.read_response();
  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 408);
  EXPECT_EQ(response->headers["x-limit"], limit);
  EXPECT_TRUE(client.is_closed());
}

TEST(ASlowHead, IsTimedOut) {
  Engine engine({.head_timeout = milliseconds(20)});
  RawClient client = engine.connect();

  client.send("GET / HTTP/1.1\r\nHo");

  expect_timeout(client, "head_timeout");
  EXPECT_EQ(engine.stats().head_timeouts_total, 1U);
  EXPECT_EQ(engine.stats().cut_slow_total, 1U);
}

TEST(ASlowHead, IsTimedOutAfterAnEarlierRequest) {
  Engine engine({.head_timeout = milliseconds(20)});
  RawClient client = engine.connect();

  client.send(get("/a") + "GET / HTTP/1.1\r\nHo");

  EXPECT_EQ(client.read_response()->status, 200);
  expect_timeout(client, "head_timeout");
}

TEST(ASlowBody, IsTimedOut) {
  Engine engine({.body_timeout = milliseconds(20)});
  RawClient client = engine.connect();

  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");

  expect_timeout(client, "body_timeout");
  EXPECT_EQ(engine.stats().body_timeouts_total, 1U);
}

TEST(ASlowBody, IsTimedOutInChunksToo) {
  Engine engine({.body_timeout = milliseconds(20)});
  RawClient client = engine.connect();

  client.send("POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel");

  expect_timeout(client, "body_timeout");
}

TEST(ASlowBody, IsCutBelowTheLeastRateAfterItsGrace) {
  Engine engine({.body_bytes_per_second_min = 1'000'000, .body_rate_grace = milliseconds(20)});
  RawClient client = engine.connect();

  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhel");

  expect_timeout(client, "body_bytes_per_second_min");
  EXPECT_EQ(engine.stats().body_rate_cuts_total, 1U);
}

TEST(ASlowBody, IsLeftAloneAtTheLeastRate) {
  Engine engine({.body_bytes_per_second_min = 1,
                 .body_timeout = milliseconds(60),
                 .body_rate_grace = milliseconds(20)});
  RawClient client = engine.connect();

  client.send("POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhell");

  expect_timeout(client, "body_timeout");
  EXPECT_EQ(engine.stats().body_rate_cuts_total, 0U);
}

TEST(AnIdleConnection, IsClosedWithoutAWord) {
  Engine engine({.idle_timeout = milliseconds(20)});
  RawClient client = engine.connect();
  client.send(get("/a"));
  client.read_response();

  EXPECT_TRUE(client.is_closed());
  EXPECT_EQ(engine.stats().idle_closed_total, 1U);
  EXPECT_EQ(engine.stats().cut_slow_total, 0U);
}

TEST(AnIdleConnection, IsClosedBeforeItsFirstByteToo) {
  Engine engine({.idle_timeout = milliseconds(20)});
  RawClient client = engine.connect();

  EXPECT_TRUE(client.is_closed());
}

TEST(AnIdleConnection, IsNotIdleWhileItsAnswerIsUnderWay) {
  Engine engine({.idle_timeout = milliseconds(2)});
  RawClient client = engine.connect();

  client.send(get("/paced"));

  EXPECT_TRUE(client.read_response()->complete);
}

TEST(ARefusedClient, IsClosedEvenIfItSendsOn) {
  Engine engine({.linger_timeout = milliseconds(20)});
  RawClient client = engine.connect();

  client.send("bad\r\n");

  EXPECT_EQ(client.read_response()->status, 400);
  EXPECT_EQ(engine.stats_when([](const http::Stats& now) { return now.connections_open == 0; })
                .connections_open,
            0U);
}

}  // namespace
}  // namespace engine
