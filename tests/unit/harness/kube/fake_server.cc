#include "tests/unit/harness/kube/fake_server.h"

#include <netinet/in.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <poll.h>
#include <sys/socket.h>

#include <array>
#include <charconv>

#include "common/base/check.h"

namespace support {
namespace {

constexpr int kPollMs = 5;

bool readable(int fd) {
  pollfd polled{fd, POLLIN, 0};
  return ::poll(&polled, 1, kPollMs) > 0;
}

template <typename Use>
void with_bio(const std::string& text, Use use) {
  BIO* bio = BIO_new_mem_buf(text.data(), static_cast<int>(text.size()));
  use(bio);
  BIO_free(bio);
}

SSL_CTX* make_context(const FakeTls& tls) {
  SSL_CTX* context = SSL_CTX_new(TLS_server_method());
  with_bio(tls.certificate.pem, [&](BIO* bio) {
    X509* certificate = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context, certificate);
    X509_free(certificate);
  });
  with_bio(tls.certificate.key_pem, [&](BIO* bio) {
    EVP_PKEY* key = PEM_read_bio_PrivateKey(bio, nullptr, nullptr, nullptr);
    SSL_CTX_use_PrivateKey(context, key);
    EVP_PKEY_free(key);
  });
  if (!tls.client_authority.empty()) {
    with_bio(tls.client_authority, [&](BIO* bio) {
      X509* authority = PEM_read_bio_X509(bio, nullptr, nullptr, nullptr);
      X509_STORE_add_cert(SSL_CTX_get_cert_store(context), authority);
      X509_free(authority);
    });
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, nullptr);
  }
  return context;
}

std::size_t content_length(const std::string& head) {
  constexpr std::string_view kName = "Content-Length: ";
  const std::size_t at = head.find(kName);
  std::size_t length = 0;
  if (at != std::string::npos) {
    std::from_chars(head.data() + at + kName.size(), head.data() + head.size(), length);
  }
  return length;
}

}  // namespace

void FakeSession::send(std::string_view bytes) {
  while (!bytes.empty()) {
    const auto sent = tls_ != nullptr
                          ? SSL_write(tls_, bytes.data(), static_cast<int>(bytes.size()))
                          : ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
    if (sent <= 0) {
      return;
    }
    bytes.remove_prefix(static_cast<std::size_t>(sent));
  }
}

void FakeSession::answer(int status, std::string_view body, const std::string& more_head) {
  send("HTTP/1.1 " + std::to_string(status) + " X\r\n" + more_head +
       "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + std::string(body));
}

void FakeSession::begin_chunks() {
  send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n");
}

void FakeSession::chunk(std::string_view bytes) {
  std::array<char, 20> length{};
  const auto [end, error] =
      std::to_chars(length.data(), length.data() + length.size(), bytes.size(), 16);
  send(std::string(length.data(), end) + "\r\n" + std::string(bytes) + "\r\n");
}

void FakeSession::hang() {
  while (receive()) {
  }
}

bool FakeSession::receive() {
  while (!stopping_ && (tls_ == nullptr || SSL_pending(tls_) == 0) && !readable(fd_)) {
  }
  if (stopping_) {
    return false;
  }
  std::array<char, 4096> block{};
  const auto got = tls_ != nullptr ? SSL_read(tls_, block.data(), block.size())
                                   : ::recv(fd_, block.data(), block.size(), 0);
  if (got <= 0) {
    return false;
  }
  unread_.append(block.data(), static_cast<std::size_t>(got));
  return true;
}

std::optional<FakeRequest> FakeSession::read_request() {
  std::size_t end = 0;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!receive()) {
      return std::nullopt;
    }
  }
  FakeRequest request;
  request.head = unread_.substr(0, end + 4);
  unread_.erase(0, end + 4);
  const std::size_t length = content_length(request.head);
  while (unread_.size() < length) {
    if (!receive()) {
      return std::nullopt;
    }
  }
  request.body = unread_.substr(0, length);
  unread_.erase(0, length);
  const std::size_t first = request.head.find(' ');
  const std::size_t second = request.head.find(' ', first + 1);
  request.method = request.head.substr(0, first);
  request.target = request.head.substr(first + 1, second - first - 1);
  return request;
}

FakeServer::FakeServer(Handler handler, std::optional<FakeTls> tls)
    : handler_(std::move(handler)),
      tls_(tls ? make_context(*tls) : nullptr),
      listener_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t length = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  CHECK(::bind(listener_.get(), generic, length) == 0 && ::listen(listener_.get(), 16) == 0);
  CHECK(::getsockname(listener_.get(), generic, &length) == 0);
  port_ = ntohs(address.sin_port);
  accepting_ = std::thread([this] { accept_all(); });
}

FakeServer::~FakeServer() {
  stopping_ = true;
  accepting_.join();
  for (std::thread& thread : threads_) {
    thread.join();
  }
  SSL_CTX_free(tls_);
}

std::string FakeServer::url() const {
  return (tls_ != nullptr ? "https://127.0.0.1:" : "http://127.0.0.1:") + std::to_string(port_);
}

std::vector<FakeRequest> FakeServer::requests() const {
  const std::lock_guard lock(mutex_);
  return requests_;
}

void FakeServer::accept_all() {
  while (!stopping_) {
    if (readable(listener_.get())) {
      const int fd = ::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC);
      const int number = ++connections_;
      threads_.emplace_back([this, fd, number] { serve(base::UniqueFd(fd), number); });
    }
  }
}

void FakeServer::serve(base::UniqueFd fd, int connection) {
  SSL* tls = nullptr;
  if (tls_ != nullptr) {
    tls = SSL_new(tls_);
    SSL_set_fd(tls, fd.get());
    if (SSL_accept(tls) != 1) {
      SSL_free(tls);
      return;
    }
  }
  FakeSession session(fd.get(), tls, stopping_);
  bool kept = true;
  while (kept && !stopping_) {
    std::optional<FakeRequest> request = session.read_request();
    if (!request) {
      break;
    }
    request->connection = connection;
    {
      const std::lock_guard lock(mutex_);
      request->number = static_cast<int>(requests_.size()) + 1;
      requests_.push_back(*request);
    }
    kept = handler_(*request, session);
  }
  SSL_free(tls);
}

}  // namespace support
