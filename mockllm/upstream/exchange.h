// One request and its answer on one connection of its own.
#pragma once

#include <array>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <boost/asio/error.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>

#include "common/base/clock.h"
#include "mockllm/upstream/address.h"
#include "mockllm/upstream/answer_parser.h"
#include "mockllm/upstream/upstream.h"

namespace mockllm {

// What the calls of one Upstream share; lives as long as the last of them.
struct UpstreamShared {
  boost::asio::io_context& loop;
  const base::Clock& clock;
  Address address;
  std::string key;
  UpstreamLimits limits;
  std::optional<boost::asio::ssl::context> tls;
  // Looked up once: a name that is bound to another machine later changes nothing.
  std::vector<boost::asio::ip::tcp::endpoint> endpoints = {};
  std::size_t calls = 0;
};

class UpstreamExchange final : public std::enable_shared_from_this<UpstreamExchange>,
                               private AnswerParser::Listener {
 public:
  // `sink` outlives it or its cancel().
  UpstreamExchange(std::shared_ptr<UpstreamShared> shared, std::string request, UpstreamSink& sink);
  ~UpstreamExchange() override;

  void start();
  // The sink is not called again.
  void cancel();

 private:
  using Error = boost::system::error_code;
  using Results = boost::asio::ip::tcp::resolver::results_type;

  void on_head(UpstreamHead head) override;
  void on_body(std::string_view bytes) override;

  void resolve();
  void resolved(const Error& error, const Results& results);
  void connect();
  void connected(const Error& error);
  void handshake();
  void send();
  void sent(const Error& error);
  void read();
  void received(const Error& error, std::size_t size);

  // From now on, the exchange ends as timed out after `limit`, in which `what` was waited for.
  void expect(std::chrono::milliseconds limit, std::string_view what);
  void finish(base::Result<void> result);
  void fail(std::string_view what, const Error& error);

  // Calls `handler` only while somebody listens.
  template <typename Handler>
  auto guarded(Handler handler);
  template <typename Operation>
  void with_stream(Operation operation);

  std::shared_ptr<UpstreamShared> shared_;
  std::string request_;
  UpstreamSink* sink_;
  boost::asio::ip::tcp::resolver resolver_;
  boost::asio::ip::tcp::socket socket_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  boost::asio::steady_timer timer_;
  AnswerParser parser_;
  std::array<char, 16 * 1024> buffer_{};
  base::MonoTime sent_at_{};
  bool head_seen_ = false;
};

}  // namespace mockllm
