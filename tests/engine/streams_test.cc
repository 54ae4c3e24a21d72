// Streamed answers: paced, parked, cut, stalled, abandoned.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "tests/engine/engine.h"

namespace engine {
namespace {

using std::chrono::milliseconds;

const std::string kThreeFrames = "frame 0\nframe 1\nframe 2\n";

TEST(AStream, IsChunkedAndLeavesTheConnectionOpen) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/frames") + get("/a"));

  std::optional<RawResponse> response = client.read_response();
  EXPECT_EQ(response->headers["transfer-encoding"], "chunked");
  EXPECT_EQ(response->body, kThreeFrames);
  EXPECT_EQ(client.read_response()->body, "GET /a ");
}

TEST(AStream, SendsWhatIsDueTogetherInOnePiece) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/frames"));

  const std::string piece = client.read_some();
  EXPECT_THAT(piece, testing::EndsWith("frame 2\n\r\n0\r\n\r\n"));
}

TEST(AStream, WaitsBetweenFrames) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/paced"));

  EXPECT_EQ(client.read_response()->body, kThreeFrames);
  EXPECT_GE(engine.handler().seen.wait_for_delivered(1)[0].total, milliseconds(15));
}

TEST(AStream, EndsWithTheConnectionInHttp10) {
  Engine engine;
  RawClient client = engine.connect();

  client.send("GET /frames HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");

  std::optional<RawResponse> response = client.read_response();
  EXPECT_FALSE(response->headers.contains("transfer-encoding"));
  EXPECT_EQ(response->headers["connection"], "close");
  EXPECT_EQ(response->body, kThreeFrames);
}

TEST(AStream, IsCutWithoutAnEndWhereTheHandlerSaysSo) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/reset"));

  const std::optional<RawResponse> response = client.read_response();
  EXPECT_EQ(response->body, "frame 0\n");
  EXPECT_FALSE(response->complete);
  EXPECT_FALSE(engine.handler().seen.wait_for_delivered(1)[0].client_gone);
}

TEST(AStream, ParksUntilItIsWoken) {
  Engine engine;
  RawClient client = engine.connect();
  client.send(get("/parked"));
  engine.stats_when([](const http::Stats& stats) { return stats.streams_open == 1; });

  engine.on_loop([&] { engine.handler().wake_all(); });

  EXPECT_EQ(client.read_response()->body, "woken\n");
}

TEST(AStream, MayBeWokenWhileItIsAsked) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/woken"));

  EXPECT_EQ(client.read_response()->body, "woken\n");
}

TEST(AStream, GoesOnAfterTheClientHasEndedItsSide) {
  Engine engine;
  RawClient client = engine.connect();

  client.send(get("/paced"));
  client.end_sending();

  EXPECT_EQ(client.read_response()->body, kThreeFrames);
  EXPECT_TRUE(client.is_closed());
}

TEST(AStream, IsFreedWhenTheClientResets) {
  Engine engine;
  RawClient client = engine.connect();
  client.send(get("/endless"));
  client.read_some();

  client.reset();

  EXPECT_TRUE(engine.handler().seen.wait_for_delivered(1)[0].client_gone);
  const http::Stats stats =
      engine.stats_when([](const http::Stats& now) { return now.connections_open == 0; });
  EXPECT_EQ(stats.connections_open, 0U);
  EXPECT_EQ(stats.streams_open, 0U);
  EXPECT_EQ(stats.client_gone_total, 1U);
}

// A plain close looks like a half-close until the next frame meets it.
TEST(AStream, IsFreedWhenTheClientCloses) {
  Engine engine;
  {
    RawClient client = engine.connect();
    client.send(get("/endless"));
    client.read_some();
  }

  EXPECT_TRUE(engine.handler().seen.wait_for_delivered(1)[0].client_gone);
}

TEST(AStream, IsFreedWhenAParkedClientResets) {
  Engine engine;
  RawClient client = engine.connect();
  client.send(get("/parked"));
  client.read_some();

  client.reset();

  EXPECT_TRUE(engine.handler().seen.wait_for_delivered(1)[0].client_gone);
}

TEST(AStalledReader, IsCutAtTheWriteTimeout) {
  Engine engine({.write_buffer_bytes_max = 256 * 1024, .write_timeout = milliseconds(50)});
  RawClient client = engine.connect(1);

  client.send(get("/flood"));

  EXPECT_TRUE(engine.handler().seen.wait_for_delivered(1)[0].client_gone);
  const http::Stats stats = engine.stats();
  EXPECT_EQ(stats.write_timeouts_total, 1U);
  EXPECT_EQ(stats.cut_slow_total, 1U);
  EXPECT_EQ(stats.streams_open, 0U);
}

TEST(AStalledReader, DoesNotHoldUpOthers) {
  Engine engine;
  RawClient stalled = engine.connect(1);
  stalled.send(get("/flood"));
  RawClient healthy = engine.connect();

  healthy.send(get("/paced"));

  EXPECT_EQ(healthy.read_response()->body, kThreeFrames);
}

TEST(AStreamThatSaysNothing, DoesNotHoldUpOthers) {
  Engine engine;
  RawClient busy = engine.connect();
  busy.send(get("/busy"));
  RawClient healthy = engine.connect();

  healthy.send(get("/a"));

  EXPECT_EQ(healthy.read_response()->body, "GET /a ");
}

TEST(AFastReader, DoesNotHoldUpOthers) {
  Engine engine;
  RawClient fast = engine.connect();
  fast.send(get("/flood"));
  RawClient healthy = engine.connect();

  healthy.send(get("/paced"));

  EXPECT_EQ(healthy.read_response()->body, kThreeFrames);
}

}  // namespace
}  // namespace engine
