// How answers are framed and sent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine.h"

namespace engine {
namespace {

using testing::MatchesRegex;

TEST(AnAnswer, CarriesDateAndLength) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/a"));

  std::optional<RawResponse> response = client.read_response();
  EXPECT_THAT(response->headers["date"],
              MatchesRegex("[A-Z][a-z]{2}, [0-9]{2} [A-Z][a-z]{2} [0-9]{4} [0-9:]{8} GMT"));
  EXPECT_EQ(response->headers["content-length"], "7");
  EXPECT_FALSE(response->headers.contains("connection"));
}

TEST(AnAnswer, DropsHeadersThatCouldSplitIt) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/split"));

  std::optional<RawResponse> response = client.read_response();
  EXPECT_EQ(response->headers["x-good"], "yes");
  EXPECT_EQ(response->headers["content-length"], "2");
  EXPECT_FALSE(response->headers.contains("x-forged"));
  EXPECT_FALSE(response->headers.contains("x-bad"));
  EXPECT_FALSE(response->headers.contains("transfer-encoding"));
  EXPECT_EQ(engine.stats().headers_dropped_total, 4U);
}

TEST(AnAnswer, HasNoBodyWhere204) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/empty") + get("/a"));

  std::optional<RawResponse> response = client.read_response();
  EXPECT_EQ(response->status, 204);
  EXPECT_FALSE(response->headers.contains("content-length"));
  EXPECT_EQ(client.read_response()->body, "GET /a ");
}

TEST(AnAnswer, HasLengthButNoBodyForHead) {
  Engine engine;
  RawClient client = engine.connect();

  client.send("HEAD /a HTTP/1.1\r\nHost: a\r\n\r\n" + get("/b"));

  std::optional<RawResponse> head = client.read_response(true);
  EXPECT_EQ(head->headers["content-length"], "8");
  EXPECT_EQ(client.read_response()->body, "GET /b ");
}

TEST(AnAnswer, StreamsNothingForHead) {
  Engine engine;
  RawClient client = engine.connect();

  client.send("HEAD /endless HTTP/1.1\r\nHost: a\r\n\r\n" + get("/b"));

  EXPECT_EQ(client.read_response(true)->headers["transfer-encoding"], "chunked");
  EXPECT_EQ(client.read_response()->body, "GET /b ");
  EXPECT_FALSE(engine.handler().seen.wait_for_delivered(1)[0].client_gone);
}

TEST(AnAnswer, EndsTheConnectionWhereTheHandlerSaysSo) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/close"));

  std::optional<RawResponse> response = client.read_response();
  EXPECT_EQ(response->headers["connection"], "close");
  EXPECT_EQ(response->body, "bye");
  EXPECT_TRUE(client.is_closed());
}

TEST(AnAnswer, LargerThanTheKernelsBuffersArrivesWhole) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/big") + get("/big"));

  for (int count = 0; count < 2; ++count) {
    const std::optional<RawResponse> response = client.read_response();
    EXPECT_TRUE(response->complete);
    EXPECT_EQ(response->body, std::string(EchoHandler::kBigBytes, 'b'));
  }
}

TEST(AnAnswer, IsMeasuredToItsLastByte) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/paced"));
  client.read_response();

  const http::Delivered delivered = engine.handler().seen.wait_for_delivered(1)[0];
  EXPECT_FALSE(delivered.client_gone);
  EXPECT_GT(delivered.first_byte.count(), 0);
  EXPECT_GE(delivered.total, std::chrono::milliseconds(15));
  EXPECT_LT(delivered.first_byte, delivered.total);
}

TEST(ADeferredAnswer, IsSentWhenItIsWoken) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/deferred"));
  engine.stats_when([](const http::Stats& stats) { return stats.requests_total == 1; });
  engine.on_loop([&] { engine.handler().wake_all(); });

  EXPECT_EQ(client.read_response()->body, "at last");
}

TEST(ADeferredAnswer, IsAskedAgainInItsTime) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/later") + get("/a"));

  EXPECT_EQ(client.read_response()->body, "at last");
  EXPECT_EQ(client.read_response()->body, "GET /a ");
}

TEST(ADeferredAnswer, IsDestroyedWhenTheClientHangsUp) {
  Engine engine;
  RawClient client = engine.connect();
  client.send(get("/deferred"));
  engine.stats_when([](const http::Stats& stats) { return stats.requests_total == 1; });

  client.reset();

  EXPECT_TRUE(engine.handler().seen.wait_for_deferred_gone());
  EXPECT_EQ(engine.stats().client_gone_total, 1U);
  engine.on_loop([&] { engine.handler().wake_all(); });
}

TEST(ADeferredAnswer, DoesNotWakeTheRequestThatCameAfterIt) {
  Engine engine;
  RawClient client = engine.connect();
  client.send(get("/later"));
  client.read_response();
  client.send(get("/parked"));
  EXPECT_EQ(engine.stats_when([](const http::Stats& stats) { return stats.streams_open == 1; })
                .streams_open,
            1U);

  engine.on_loop([&] { engine.handler().wake_all(); });

  EXPECT_EQ(client.read_response()->body, "woken\n");
}

}  // namespace
}  // namespace engine
