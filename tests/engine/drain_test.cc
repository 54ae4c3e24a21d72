// The way down: what is open ends, what is idle is closed, nothing new begins.
#include <gtest/gtest.h>

#include <memory>
#include <thread>

#include "tests/engine/engine.h"

namespace engine {
namespace {

using std::chrono::milliseconds;

TEST(Draining, EndsTheServerAtOnceWhereNothingIsOpen) {
  Engine engine;

  engine.drain();

  engine.join();
}

TEST(Draining, ClosesIdleConnections) {
  Engine engine;
  RawClient used = engine.connect();
  used.send(get("/a"));
  used.read_response();
  RawClient fresh = engine.connect();

  engine.drain();

  engine.join();
  EXPECT_TRUE(used.is_closed());
  EXPECT_TRUE(fresh.is_closed());
}

TEST(Draining, LetsOpenStreamsEnd) {
  Engine engine;
  RawClient client = engine.connect();
  client.send(get("/paced"));
  engine.stats_when([](const http::Stats& stats) { return stats.streams_open == 1; });

  engine.drain();

  const std::optional<RawResponse> response = client.read_response();
  EXPECT_TRUE(response->complete);
  engine.join();
  EXPECT_TRUE(client.is_closed());
}

TEST(Draining, AnswersWhatWasSentBefore) {
  Engine engine;
  RawClient client = engine.connect();
  client.send(get("/a"));
  client.read_response();
  engine.on_loop([&] {
    client.send(get("/b"));
    engine.server().drain();
  });

  std::optional<RawResponse> response = client.read_response();
  EXPECT_EQ(response->body, "GET /b ");
  EXPECT_EQ(response->headers["connection"], "close");
  engine.join();
}

TEST(Draining, SaysCloseOnTheLastAnswer) {
  Engine engine;
  RawClient client = engine.connect();
  client.send(get("/deferred"));
  engine.stats_when([](const http::Stats& stats) { return stats.requests_total == 1; });
  engine.on_loop([&] {
    engine.server().drain();
    engine.handler().wake_all();
  });

  EXPECT_EQ(client.read_response()->headers["connection"], "close");
  engine.join();
}

TEST(Draining, WaitsForARequestThatHasBegun) {
  Engine engine;
  RawClient client = engine.connect();
  client.send("POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\no");
  engine.stats_when([](const http::Stats& stats) { return stats.bytes_read > 0; });
  engine.drain();
  engine.stats();

  client.send("k");

  std::optional<RawResponse> response = client.read_response();
  EXPECT_EQ(response->body, "POST /a ok");
  EXPECT_EQ(response->headers["connection"], "close");
  engine.join();
}

TEST(Draining, CutsWhatIsOpenAfterItsTimeout) {
  Engine engine({.drain_timeout = milliseconds(20)});
  RawClient client = engine.connect();
  client.send(get("/endless"));
  engine.stats_when([](const http::Stats& stats) { return stats.streams_open == 1; });

  engine.drain();
  engine.join();

  EXPECT_TRUE(engine.handler().seen.wait_for_delivered(1)[0].client_gone);
  EXPECT_EQ(engine.server().stats().drain_timeouts_total, 1U);
}

TEST(Draining, TakesNoMoreConnections) {
  Engine engine;
  RawClient open = engine.connect();
  open.send(get("/parked"));
  engine.stats_when([](const http::Stats& stats) { return stats.streams_open == 1; });
  engine.drain();
  engine.stats();

  EXPECT_FALSE(RawClient::is_taken(engine.server().port()));

  engine.on_loop([&] { engine.handler().wake_all(); });
  engine.join();
}

TEST(AServer, TellsAnswersThatAreOpenWhenItIsDestroyed) {
  const base::SystemClock clock;
  const base::Log log(clock, -1, base::LogFormat::kText, base::LogLevel::kError);
  EchoHandler handler;
  auto server = std::make_unique<http::Server>(handler, http::Limits(), clock, log);
  ASSERT_TRUE(server->listen("127.0.0.1", 0).has_value());
  std::thread thread([&] { server->run(); });
  RawClient client(server->port());
  client.send(get("/parked"));
  client.read_some();
  server->stop();
  thread.join();

  server.reset();

  EXPECT_TRUE(handler.seen.wait_for_delivered(1)[0].client_gone);
}

TEST(AServer, SaysThatAPortIsInUse) {
  Engine engine;
  const base::SystemClock clock;
  const base::Log log(clock, -1, base::LogFormat::kText, base::LogLevel::kError);
  EchoHandler handler;
  http::Server second(handler, {}, clock, log);

  const base::Result<void> listening = second.listen("127.0.0.1", engine.server().port());

  ASSERT_FALSE(listening.has_value());
  EXPECT_EQ(listening.error().kind, base::ErrorKind::kUnavailable);
}

}  // namespace
}  // namespace engine
