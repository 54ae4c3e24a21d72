#include "tests/engine/engine.h"

#include <future>

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>

namespace engine {

Engine::Engine(const http::Limits& limits, int log_fd)
    : log_(clock_, log_fd, base::LogFormat::kText, base::LogLevel::kDebug),
      server_(handler_, limits, clock_, log_) {
  CHECK(server_.listen("127.0.0.1", 0).has_value());
  thread_ = std::thread([this] { server_.run(); });
}

Engine::~Engine() {
  server_.stop();
  join();
}

void Engine::on_loop(const std::function<void()>& call) {
  std::promise<void> done;
  boost::asio::post(server_.loop(), [&] {
    call();
    done.set_value();
  });
  CHECK(done.get_future().wait_for(RawClient::kPatience) == std::future_status::ready);
}

http::Stats Engine::stats() {
  http::Stats stats;
  on_loop([&] { stats = server_.stats(); });
  return stats;
}

// Each look is a turn of the server's loop, so this waits on work, not on time.
http::Stats Engine::stats_when(const std::function<bool(const http::Stats&)>& reached) {
  const base::MonoTime deadline = clock_.mono() + RawClient::kPatience;
  http::Stats seen = stats();
  while (!reached(seen) && clock_.mono() < deadline) {
    seen = stats();
  }
  return seen;
}

void Engine::drain() {
  boost::asio::post(server_.loop(), [this] { server_.drain(); });
}

void Engine::join() {
  if (thread_.joinable()) {
    thread_.join();
  }
}

std::string get(const std::string& target) {
  return "GET " + target + " HTTP/1.1\r\nHost: a\r\n\r\n";
}

std::string post(const std::string& target, const std::string& body) {
  return "POST " + target +
         " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) + "\r\n\r\n" +
         body;
}

}  // namespace engine
