// The listening socket: accepts in batches, and answers 503 where a connection cannot be kept.
#pragma once

#include <cstdint>
#include <string>

#include "common/base/error.h"
#include "common/base/file.h"
#include "common/http/loop.h"

namespace http {

class Listener {
 public:
  explicit Listener(Loop& loop);

  base::Result<void> listen(const std::string& host, std::uint16_t port);

  [[nodiscard]] std::uint16_t port() const { return port_; }

  // Takes what waits, up to a batch; the rest is announced again.
  void accept();
  // Takes all that waits and listens no more.
  void close();

 private:
  bool accept_one();
  void on_accept_failed(int error);
  void refuse(base::UniqueFd socket, std::string_view limit, std::string_view message);
  void pause();
  void resume();

  Loop* loop_;
  base::UniqueFd socket_;
  // Given up for a moment where no descriptor is left, to answer and close one more connection.
  base::UniqueFd reserve_;
  std::uint16_t port_ = 0;
  Timer pause_timer_;
};

}  // namespace http
