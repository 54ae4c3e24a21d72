// Requests to one API server: the kept connection, who we are, and when to ask again.
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <stop_token>
#include <string>

#include "common/base/clock.h"
#include "harness/kube/api.h"
#include "harness/kube/connection.h"
#include "harness/kube/credentials.h"
#include "harness/kube/http.h"

namespace harness {

// A body as it came, or why there is none.
struct Fetched {
  std::string body;
  std::optional<KubeError> error;
};

// A connection of its own, and an answer on it of which the head was read.
struct OpenedStream {
  std::unique_ptr<Connection> connection;
  std::unique_ptr<HttpAnswer> answer;
  std::optional<KubeError> error;
};

struct OpenedConnection {
  std::unique_ptr<Connection> connection;
  Proof proof;
  std::optional<KubeError> error;
};

// One thread at a time; a stop request from any thread ends what it waits for, for good.
class KubeClient {
 public:
  static base::Result<std::unique_ptr<KubeClient>> make(const KubeAccess& access,
                                                        const base::Clock& clock,
                                                        const KubeLimits& limits,
                                                        std::stop_token stop = {});

  Fetched fetch(const HttpRequest& request);
  // GET `target`, whose body has no end of its own. An answer other than 200 is an error.
  OpenedStream open(const std::string& target);
  OpenedConnection connect();

  [[nodiscard]] const ServerAddress& address() const { return address_; }

 private:
  struct Attempt {
    Fetched fetched;
    bool was_kept = false;  // on a connection that had served another request
    bool began = false;     // a byte of an answer came
    std::optional<std::chrono::seconds> retry_after;
  };

  KubeClient(const KubeAccess& access, const base::Clock& clock, const KubeLimits& limits,
             ServerAddress address, std::stop_token stop);
  [[nodiscard]] TlsIdentity identity(const Proof& proof) const;
  base::Result<void> ready_connection(base::MonoTime deadline);
  Attempt try_once(const HttpRequest& request, base::MonoTime deadline);
  base::Result<void> exchange(const HttpRequest& request, base::MonoTime deadline,
                              Attempt& attempt);
  bool wait_as_told(const Attempt& attempt, base::MonoTime deadline);
  [[nodiscard]] std::chrono::milliseconds left(base::MonoTime deadline) const;

  const KubeAccess access_;
  const base::Clock& clock_;
  const KubeLimits limits_;
  const ServerAddress address_;
  const std::stop_token stop_;
  Proof proof_;  // of the last request
  TlsIdentity connected_as_;
  std::unique_ptr<Connection> connection_;
  bool kept_ = false;
};

}  // namespace harness
