#include "harness/kube/client.h"

#include <algorithm>
#include <utility>

#include "harness/kube/errors.h"
#include "harness/kube/pause.h"

namespace harness {
namespace {

using std::chrono::milliseconds;

// A refusal is read to its end, however long the stream would have been.
constexpr std::size_t kRefusalBytesMax = 1024 * 1024;
constexpr milliseconds kRetryPauseMin{50};

// Asked twice, it does what it does once.
bool is_repeatable(const HttpRequest& request) {
  return request.method != "POST";
}

bool is_loopback(const std::string& host) {
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(host, error);
  return host == "localhost" || (!error && address.is_loopback());
}

bool has_secrets(const KubeCredentials& credentials) {
  return credentials.plugin || !credentials.token.empty() || !credentials.token_file.empty();
}

}  // namespace

base::Result<std::unique_ptr<KubeClient>> KubeClient::make(const KubeAccess& access,
                                                           const base::Clock& clock,
                                                           const KubeLimits& limits,
                                                           std::stop_token stop) {
  base::Result<ServerAddress> address = parse_server(access.server);
  if (!address) {
    return std::move(address).error().within(access.source);
  }
  if (!address->tls && has_secrets(access.credentials) && !is_loopback(address->host)) {
    return base::invalid_input(access.source + ": a token is not sent to " + address->name() +
                               " without TLS: give the server as https://");
  }
  std::unique_ptr<KubeClient> client(
      new KubeClient(access, clock, limits, *std::move(address), std::move(stop)));
  if (client->address_.tls) {
    const KubeCredentials& known = access.credentials;
    const auto tls =
        make_tls_context(client->identity({"", known.client_certificate, known.client_key}));
    if (!tls) {
      return base::Error(tls.error()).within(access.source);
    }
  }
  return client;
}

KubeClient::KubeClient(const KubeAccess& access, const base::Clock& clock, const KubeLimits& limits,
                       ServerAddress address, std::stop_token stop)
    : access_(access),
      clock_(clock),
      limits_(limits),
      address_(std::move(address)),
      stop_(std::move(stop)) {}

TlsIdentity KubeClient::identity(const Proof& proof) const {
  return {access_.authority, proof.client_certificate, proof.client_key,
          access_.tls_server_name.empty() ? address_.host : access_.tls_server_name,
          access_.insecure};
}

milliseconds KubeClient::left(base::MonoTime deadline) const {
  return std::max(std::chrono::ceil<milliseconds>(deadline - clock_.mono()), milliseconds(1));
}

OpenedConnection KubeClient::connect() {
  OpenedConnection opened;
  base::Result<Proof> proof = current_proof(access_.credentials, clock_);
  if (!proof) {
    opened.error = unanswered(proof.error());
    return opened;
  }
  opened.proof = *std::move(proof);
  base::Result<std::unique_ptr<Connection>> connection =
      Connection::open(address_, identity(opened.proof), limits_.connect_timeout, stop_);
  if (!connection) {
    opened.error = unanswered(connection.error());
  } else {
    opened.connection = *std::move(connection);
  }
  return opened;
}

OpenedStream KubeClient::open(const std::string& target) {
  OpenedStream opened;
  OpenedConnection connected = connect();
  if (connected.error) {
    opened.error = std::move(connected.error);
    return opened;
  }
  opened.connection = std::move(connected.connection);
  const base::MonoTime deadline = clock_.mono() + limits_.request_timeout;
  base::Result<void> done = opened.connection->write(
      bytes_of({.target = target, .content_type = "", .body = ""}, address_, connected.proof.token),
      left(deadline));
  opened.answer = std::make_unique<HttpAnswer>(*opened.connection, std::nullopt);
  if (done) {
    done = opened.answer->read_head(left(deadline));
  }
  if (!done) {
    opened.error = unanswered(done.error());
    return opened;
  }
  const int status = opened.answer->status();
  if (status == 200) {
    return opened;
  }
  std::string body;
  for (;;) {
    base::Result<std::string> piece = opened.answer->read_piece(left(deadline));
    if (!piece || piece->empty() || body.size() > kRefusalBytesMax) {
      break;
    }
    body += *piece;
  }
  if (status == kStatusUnauthorized) {
    renew_proof(access_.credentials, connected.proof);
  }
  opened.error = refused(status, body);
  return opened;
}

base::Result<void> KubeClient::ready_connection(base::MonoTime deadline) {
  base::Result<Proof> proof = current_proof(access_.credentials, clock_);
  if (!proof) {
    return std::move(proof).error();
  }
  proof_ = *std::move(proof);
  TlsIdentity wanted = identity(proof_);
  if (connection_ && wanted == connected_as_ && !connection_->has_unread()) {
    kept_ = true;
    return {};
  }
  connection_.reset();
  base::Result<std::unique_ptr<Connection>> opened =
      Connection::open(address_, wanted, std::min(limits_.connect_timeout, left(deadline)), stop_);
  if (!opened) {
    return std::move(opened).error();
  }
  connected_as_ = std::move(wanted);
  connection_ = *std::move(opened);
  kept_ = false;
  return {};
}

base::Result<void> KubeClient::exchange(const HttpRequest& request, base::MonoTime deadline,
                                        Attempt& attempt) {
  HttpAnswer answer(*connection_, limits_.body_bytes_max);
  base::Result<void> done =
      connection_->write(bytes_of(request, address_, proof_.token), left(deadline));
  // What cannot be written to may have been answered before it was read to its end.
  base::Result<void> head = answer.read_head(done ? left(deadline) : milliseconds(1));
  attempt.began = answer.began();
  if (!head) {
    return done ? std::move(head) : std::move(done);
  }
  for (;;) {
    base::Result<std::string> piece = answer.read_piece(left(deadline));
    if (!piece) {
      return std::move(piece).error();
    }
    if (piece->empty()) {
      break;
    }
    if (clock_.mono() > deadline) {
      return base::timed_out("the answer of " + address_.name() + " took longer than " +
                             std::to_string(limits_.request_timeout.count()) + " ms");
    }
    attempt.fetched.body += *piece;
  }
  if (answer.status() / 100 != 2) {
    attempt.fetched.error = refused(answer.status(), attempt.fetched.body);
    attempt.retry_after = answer.retry_after();
  }
  if (!answer.keeps_alive() || !done) {
    connection_.reset();
  }
  return {};
}

KubeClient::Attempt KubeClient::try_once(const HttpRequest& request, base::MonoTime deadline) {
  Attempt attempt;
  base::Result<void> done = ready_connection(deadline);
  if (done) {
    attempt.was_kept = kept_;
    done = exchange(request, deadline, attempt);
  }
  if (!done) {
    connection_.reset();
    attempt.fetched.body.clear();
    attempt.fetched.error = unanswered(done.error());
  }
  return attempt;
}

bool KubeClient::wait_as_told(const Attempt& attempt, base::MonoTime deadline) {
  const milliseconds told = std::max(milliseconds(*attempt.retry_after), kRetryPauseMin);
  return clock_.mono() + told < deadline && pause_for(told, stop_);
}

Fetched KubeClient::fetch(const HttpRequest& request) {
  const base::MonoTime deadline = clock_.mono() + limits_.request_timeout;
  bool renewed = false;
  bool reconnected = false;
  for (;;) {
    Attempt attempt = try_once(request, deadline);
    const int status = attempt.fetched.error ? attempt.fetched.error->status : 200;
    if (status == 0 && attempt.was_kept && !attempt.began && is_repeatable(request) &&
        !reconnected && clock_.mono() < deadline && !stop_.stop_requested()) {
      reconnected = true;
      continue;
    }
    if (status == kStatusUnauthorized && !renewed && renew_proof(access_.credentials, proof_)) {
      renewed = true;
      continue;
    }
    // Refused before it was looked at, so asking again is safe for every method.
    if (status == kStatusTooManyRequests && attempt.retry_after &&
        wait_as_told(attempt, deadline)) {
      continue;
    }
    return std::move(attempt.fetched);
  }
}

}  // namespace harness
