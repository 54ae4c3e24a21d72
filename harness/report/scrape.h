// What a Prometheus asks of a run while it goes on. metrics.prom is the same run at its end, with
// what only its end can tell: verdict, exit code, what became of each test. No label holds a test's
// name: their number has no bound.
#pragma once

#include <memory>
#include <string>

#include "common/base/error.h"
#include "harness/run/event.h"

namespace harness {

// Serves GET /metrics in the text format of Prometheus, on a thread of its own, until destroyed.
class Scrape {
 public:
  // `address` is HOST:PORT, [ADDRESS]:PORT for IPv6; port 0 picks a free one. kInvalidInput: it is
  // none; kUnavailable: its port is in use; other kinds as http::Server::listen() has them.
  static base::Result<Scrape> listen(const std::string& address);
  Scrape(Scrape&&) noexcept;
  Scrape& operator=(Scrape&&) noexcept;
  ~Scrape();

  [[nodiscard]] const std::string& url() const;

  // A follower of the journal, so that no secret is in a label. One thread at a time.
  void on(const Record& record);

 private:
  class Impl;
  explicit Scrape(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace harness
