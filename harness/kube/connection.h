// One connection to the API server, TCP or TLS: blocking for one thread, each wait with a limit,
// and ended from any other thread by a stop request.
#pragma once

#include <array>
#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>
#include <string_view>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>

#include "common/base/error.h"
#include "harness/kube/server_address.h"
#include "harness/kube/tls.h"

namespace harness {

class Connection {
 public:
  // Within `limit`; but the system's resolver, once it is asked, ends by its own limits.
  static base::Result<std::unique_ptr<Connection>> open(const ServerAddress& address,
                                                        const TlsIdentity& identity,
                                                        std::chrono::milliseconds limit,
                                                        std::stop_token stop);
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;
  ~Connection();

  // All of `bytes`. After an error the connection is of no more use.
  base::Result<void> write(std::string_view bytes, std::chrono::milliseconds limit);

  // What came, valid until the next read; empty where the server has closed. After kTimedOut the
  // connection is as it was: read again.
  base::Result<std::string_view> read(std::chrono::milliseconds limit);

  // Between two requests: something came that nobody asked for, mostly the end of the connection.
  [[nodiscard]] bool has_unread();

  boost::asio::io_context::executor_type executor() { return loop_.get_executor(); }

 private:
  using ErrorCode = boost::system::error_code;
  using Milliseconds = std::chrono::milliseconds;

  // The outcome of something asynchronous; lives in the object, because it may outlast a call.
  struct Operation {
    bool done = false;
    ErrorCode error;
    std::size_t size = 0;
  };

  static constexpr std::size_t kBlock = 32 * 1024;

  Connection(const ServerAddress& address, std::stop_token stop);
  base::Result<void> connect(Milliseconds limit);
  base::Result<void> resolve(Milliseconds limit);
  base::Result<void> handshake(const TlsIdentity& identity, Milliseconds limit);
  // False where the limit passed or somebody stopped us; the operation is then still under way.
  bool wait(const Operation& operation, Milliseconds limit);
  // The same for an operation that cannot be taken up again: the socket is closed and it ends.
  base::Result<void> finish(const Operation& operation, Milliseconds limit, std::string_view what);
  template <typename Start>
  void with_stream(Start start);
  void keep_alive();

  const ServerAddress address_;
  const std::stop_token stop_;
  boost::asio::io_context loop_;
  boost::asio::ip::tcp::resolver resolver_{loop_};
  boost::asio::ip::tcp::socket socket_{loop_};
  std::vector<boost::asio::ip::tcp::endpoint> endpoints_;
  std::unique_ptr<boost::asio::ssl::context> tls_context_;
  std::optional<boost::asio::ssl::stream<boost::asio::ip::tcp::socket&>> tls_;
  Operation reading_;
  Operation other_;  // connecting, writing
  bool read_pending_ = false;
  std::array<char, kBlock> block_{};
  // Last, so that it is gone before what it touches.
  std::optional<std::stop_callback<std::function<void()>>> on_stop_;
};

}  // namespace harness
