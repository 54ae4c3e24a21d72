#include "mockllm/upstream/upstream.h"

#include <algorithm>
#include <utility>

#include <boost/asio/ssl/context.hpp>

#include "mockllm/upstream/address.h"
#include "mockllm/upstream/exchange.h"
#include "mockllm/upstream/headers.h"

namespace mockllm {
namespace {

constexpr int kRequestTimeout = 408;
constexpr int kConflict = 409;
constexpr int kTooManyRequests = 429;

class Call final : public UpstreamCall {
 public:
  explicit Call(std::shared_ptr<UpstreamExchange> exchange) : exchange_(std::move(exchange)) {}

  ~Call() override { exchange_->cancel(); }

 private:
  std::shared_ptr<UpstreamExchange> exchange_;
};

// TLS 1.2 or newer, certificates verified, by the system's store or by `ca_file` alone.
base::Result<std::optional<boost::asio::ssl::context>> make_tls(const std::string& ca_file) {
  namespace ssl = boost::asio::ssl;
  std::optional<ssl::context> tls;
  tls.emplace(ssl::context::tls_client);
  boost::system::error_code error;
  tls->set_options(ssl::context::default_workarounds | ssl::context::no_sslv2 |
                       ssl::context::no_sslv3 | ssl::context::no_tlsv1 | ssl::context::no_tlsv1_1,
                   error);
  tls->set_verify_mode(ssl::verify_peer, error);
  if (ca_file.empty()) {
    tls->set_default_verify_paths(error);
  } else {
    tls->load_verify_file(ca_file, error);
  }
  if (error) {
    return base::invalid_input("cannot read the certificates" +
                               (ca_file.empty() ? "" : " of " + ca_file) + ": " + error.message());
  }
  return tls;
}

}  // namespace

class Upstream::Impl {
 public:
  explicit Impl(UpstreamShared shared)
      : shared_(std::make_shared<UpstreamShared>(std::move(shared))) {}

  base::Result<std::unique_ptr<UpstreamCall>> send(const UpstreamRequest& request,
                                                   UpstreamSink& sink) {
    if (shared_->calls >= shared_->limits.calls_max) {
      return base::unavailable("upstream calls_max: " + std::to_string(shared_->limits.calls_max) +
                               " calls are open already");
    }
    auto exchange = std::make_shared<UpstreamExchange>(
        shared_, request_bytes(request, shared_->address, shared_->key), sink);
    exchange->start();
    return std::unique_ptr<UpstreamCall>(std::make_unique<Call>(std::move(exchange)));
  }

 private:
  std::shared_ptr<UpstreamShared> shared_;
};

base::Result<std::unique_ptr<Upstream>> Upstream::make(boost::asio::io_context& loop,
                                                       const base::Clock& clock,
                                                       UpstreamOptions options) {
  base::Result<Address> address = parse_address(options.base_url);
  if (!address) {
    return std::move(address).error();
  }
  const bool clean = std::all_of(options.key.begin(), options.key.end(),
                                 [](char c) { return c > ' ' && c < 0x7F; });
  if (!clean) {
    return base::invalid_input(
        "the upstream's key holds a space, a line end or another character that no key has");
  }
  std::optional<boost::asio::ssl::context> tls;
  if (address->tls) {
    base::Result<std::optional<boost::asio::ssl::context>> made = make_tls(options.ca_file);
    if (!made) {
      return std::move(made).error();
    }
    tls = *std::move(made);
  }
  UpstreamShared shared{loop,           clock,         *std::move(address), std::move(options.key),
                        options.limits, std::move(tls)};
  return std::unique_ptr<Upstream>(new Upstream(std::make_shared<Impl>(std::move(shared))));
}

Upstream::Upstream(std::shared_ptr<Impl> impl) : impl_(std::move(impl)) {}

Upstream::~Upstream() = default;

base::Result<std::unique_ptr<UpstreamCall>> Upstream::send(const UpstreamRequest& request,
                                                           UpstreamSink& sink) {
  return impl_->send(request, sink);
}

bool Upstream::is_transient(int status) {
  return status == kRequestTimeout || status == kConflict || status == kTooManyRequests ||
         status >= 500;
}

}  // namespace mockllm
