// An API server that answers each request with what a test wants: whole, in pieces, cut or never.
#pragma once

#include <atomic>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "common/base/file.h"
#include "tests/unit/harness/kube/certificates.h"

typedef struct ssl_st SSL;
typedef struct ssl_ctx_st SSL_CTX;

namespace support {

struct FakeRequest {
  std::string method;
  std::string target;
  std::string head;  // all of it, as it came
  std::string body;
  int number = 0;      // from 1, over all connections
  int connection = 0;  // from 1
};

// One connection as a handler sees it.
class FakeSession {
 public:
  FakeSession(int fd, SSL* tls, const std::atomic<bool>& stopping)
      : fd_(fd),
        tls_(tls),
        stopping_(stopping) {}

  void send(std::string_view bytes);
  void answer(int status, std::string_view body, const std::string& more_head = "");
  void begin_chunks();
  void chunk(std::string_view bytes);

  void end_chunks() { send("0\r\n\r\n"); }

  // Says nothing until the client has gone.
  void hang();
  // Nothing where the client has gone.
  std::optional<FakeRequest> read_request();

  [[nodiscard]] int fd() const { return fd_; }

 private:
  bool receive();  // more bytes into unread_

  int fd_;
  SSL* tls_;
  const std::atomic<bool>& stopping_;
  std::string unread_;
};

struct FakeTls {
  Certificate certificate;
  std::string client_authority = {};  // whom clients must be signed by; empty: no certificate asked
};

class FakeServer {
 public:
  // True: the connection is kept for another request. Called by a thread of each connection.
  using Handler = std::function<bool(const FakeRequest& request, FakeSession& session)>;

  explicit FakeServer(Handler handler, std::optional<FakeTls> tls = std::nullopt);
  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;
  ~FakeServer();

  [[nodiscard]] std::string url() const;  // "http://127.0.0.1:1234"

  [[nodiscard]] int port() const { return port_; }

  [[nodiscard]] std::vector<FakeRequest> requests() const;

  [[nodiscard]] int connections() const { return connections_; }

 private:
  void accept_all();
  void serve(base::UniqueFd fd, int connection);

  Handler handler_;
  SSL_CTX* tls_ = nullptr;
  base::UniqueFd listener_;
  int port_ = 0;
  std::atomic<bool> stopping_ = false;
  std::atomic<int> connections_ = 0;
  mutable std::mutex mutex_;
  std::vector<FakeRequest> requests_;  // guarded by mutex_
  std::vector<std::thread> threads_;   // the accepting thread's, and after it the destructor's
  std::thread accepting_;
};

}  // namespace support
