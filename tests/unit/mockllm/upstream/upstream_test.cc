// Over loopback, against a server that says exactly what a test wants said.
#include "mockllm/upstream/upstream.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>

#include <memory>
#include <string>

#include <boost/asio/buffer.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/write.hpp>

#include "common/base/file.h"

namespace mockllm {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;
using testing::HasSubstr;

constexpr std::chrono::seconds kTestLimit{20};

struct Heard final : UpstreamSink {
  void head(UpstreamHead told) override { last = std::move(told); }

  void chunk(std::string_view bytes, std::chrono::microseconds at) override {
    body += bytes;
    times.push_back(at);
    if (on_chunk) {
      on_chunk();
    }
  }

  void end(base::Result<void> result) override {
    ++ends;
    outcome = result ? "whole" : result.error().message;
    kind = result ? std::nullopt : std::optional(result.error().kind);
    if (loop != nullptr) {
      loop->stop();
    }
  }

  asio::io_context* loop = nullptr;
  std::function<void()> on_chunk;
  UpstreamHead last;
  std::string body;
  std::vector<std::chrono::microseconds> times;
  int ends = 0;
  std::string outcome = "none";
  std::optional<base::ErrorKind> kind;
};

// A key and a certificate for "localhost" that it signed itself.
struct Certificate {
  std::string key_pem;
  std::string certificate_pem;
};

std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string text(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return text;
}

Certificate make_certificate() {
  constexpr long kDaySeconds = 86'400;
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  X509_set_version(certificate, 2);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -kDaySeconds);
  X509_gmtime_adj(X509_getm_notAfter(certificate), kDaySeconds);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  X509_EXTENSION* names =
      X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, "DNS:localhost");
  X509_add_ext(certificate, names, -1);
  X509_EXTENSION_free(names);
  X509_sign(certificate, key, EVP_sha256());
  BIO* key_bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_bio, key, nullptr, nullptr, 0, nullptr, nullptr);
  BIO* certificate_bio = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(certificate_bio, certificate);
  Certificate made{text_of(key_bio), text_of(certificate_bio)};
  X509_free(certificate);
  EVP_PKEY_free(key);
  return made;
}

// Accepts one connection, reads a request, sends `pieces` one after the other, and closes or waits.
class FakeUpstream {
 public:
  FakeUpstream(asio::io_context& loop, std::vector<std::string> pieces, bool closes)
      : acceptor_(loop, {asio::ip::address_v4::loopback(), 0}),
        socket_(loop),
        pieces_(std::move(pieces)),
        closes_(closes) {}

  void use_tls(const Certificate& certificate) {
    tls_context_.emplace(asio::ssl::context::tls_server);
    tls_context_->use_certificate_chain(asio::buffer(certificate.certificate_pem));
    tls_context_->use_private_key(asio::buffer(certificate.key_pem), asio::ssl::context::pem);
  }

  void start() {
    acceptor_.async_accept(socket_, [this](const auto& error) {
      if (error) {
        return;
      }
      if (!tls_context_) {
        read();
        return;
      }
      tls_.emplace(socket_, *tls_context_);
      tls_->async_handshake(asio::ssl::stream_base::server, [this](const auto& failed) {
        if (!failed) {
          read();
        }
      });
    });
  }

  [[nodiscard]] std::string port() const {
    return std::to_string(acceptor_.local_endpoint().port());
  }

  [[nodiscard]] const std::string& request() const { return request_; }

  [[nodiscard]] bool client_gone() const { return client_gone_; }

 private:
  void read() {
    const auto handler = [this](const boost::system::error_code& error, std::size_t size) {
      request_.append(buffer_.data(), size);
      if (error) {
        client_gone_ = true;
      } else if (request_.ends_with("{}")) {
        write();
      } else {
        read();
      }
    };
    tls_ ? tls_->async_read_some(asio::buffer(buffer_), handler)
         : socket_.async_read_some(asio::buffer(buffer_), handler);
  }

  void write() {
    if (next_ == pieces_.size()) {
      if (closes_) {
        boost::system::error_code ignored;
        socket_.close(ignored);
      } else {
        request_.clear();
        read();
      }
      return;
    }
    const auto handler = [this](const boost::system::error_code&, std::size_t) { write(); };
    const std::string& piece = pieces_[next_++];
    if (tls_) {
      asio::async_write(*tls_, asio::buffer(piece), handler);
    } else {
      asio::async_write(socket_, asio::buffer(piece), handler);
    }
  }

  tcp::acceptor acceptor_;
  tcp::socket socket_;
  std::optional<asio::ssl::context> tls_context_;
  std::optional<asio::ssl::stream<tcp::socket&>> tls_;
  std::vector<std::string> pieces_;
  bool closes_;
  std::size_t next_ = 0;
  std::array<char, 1024> buffer_{};
  std::string request_;
  bool client_gone_ = false;
};

class AnUpstreamCall : public testing::Test {
 protected:
  AnUpstreamCall() { heard_.loop = &loop_; }

  std::unique_ptr<Upstream> make(const std::string& url) {
    options_.base_url = url;
    base::Result<std::unique_ptr<Upstream>> made = Upstream::make(loop_, clock_, options_);
    EXPECT_TRUE(made) << (made ? "" : made.error().message);
    return *std::move(made);
  }

  void ask(FakeUpstream& server, const std::string& scheme = "http",
           const std::string& host = "127.0.0.1") {
    server.start();
    ask(scheme + "://" + host + ":" + server.port() + "/v1");
  }

  void ask(const std::string& url) {
    upstream_ = make(url);
    base::Result<std::unique_ptr<UpstreamCall>> call =
        upstream_->send({"POST", "/chat/completions", &headers_, "{}"}, heard_);
    ASSERT_TRUE(call);
    EXPECT_EQ(heard_.ends, 0) << "nothing is told from inside of send()";
    call_ = *std::move(call);
    loop_.run_for(kTestLimit);
  }

  asio::io_context loop_;
  base::SystemClock clock_;
  UpstreamOptions options_;
  std::vector<http::Header> headers_ = {{"Authorization", "Bearer app-key"}};
  Heard heard_;
  std::unique_ptr<Upstream> upstream_;
  std::unique_ptr<UpstreamCall> call_;
};

TEST_F(AnUpstreamCall, HandsOnHeadAndBody) {
  FakeUpstream server(
      loop_,
      {"HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n",
       "7\r\ndata: 1\r\n", "7\r\ndata: 2\r\n0\r\n\r\n"},
      false);
  options_.key = "upstream-key";
  ask(server);

  EXPECT_EQ(heard_.outcome, "whole");
  EXPECT_EQ(heard_.last.status, 200);
  EXPECT_EQ(heard_.last.headers, (http::Headers{{"content-type", "text/event-stream"}}));
  EXPECT_EQ(heard_.body, "data: 1data: 2");
  EXPECT_TRUE(std::is_sorted(heard_.times.begin(), heard_.times.end()));
  EXPECT_THAT(server.request(), testing::Not(HasSubstr("app-key")));
}

TEST_F(AnUpstreamCall, CutShortIsAnError) {
  FakeUpstream server(loop_, {"HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\nhalf"}, true);
  ask(server);
  EXPECT_EQ(heard_.kind, base::ErrorKind::kUnavailable);
  EXPECT_EQ(heard_.body, "half");
  EXPECT_EQ(heard_.ends, 1);
}

TEST_F(AnUpstreamCall, ToNobodyIsAnError) {
  std::string port;
  {
    const tcp::acceptor closed(loop_, {asio::ip::address_v4::loopback(), 0});
    port = std::to_string(closed.local_endpoint().port());
  }
  ask("http://127.0.0.1:" + port);
  EXPECT_EQ(heard_.kind, base::ErrorKind::kUnavailable);
  EXPECT_THAT(heard_.outcome, HasSubstr("cannot connect"));
}

TEST_F(AnUpstreamCall, ToALinkLocalAddressIsRefused) {
  ask("http://169.254.169.254:80");
  EXPECT_THAT(heard_.outcome, HasSubstr("link-local"));
}

TEST_F(AnUpstreamCall, WaitsForTheHeadOnlySoLong) {
  options_.limits.first_byte_timeout = std::chrono::milliseconds(20);
  FakeUpstream server(loop_, {}, false);
  ask(server);
  EXPECT_EQ(heard_.kind, base::ErrorKind::kTimedOut);
  EXPECT_THAT(heard_.outcome, HasSubstr("the head"));
}

TEST_F(AnUpstreamCall, WaitsForTheNextPieceOnlySoLong) {
  options_.limits.idle_timeout = std::chrono::milliseconds(20);
  FakeUpstream server(loop_, {"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\nhalf"}, false);
  ask(server);
  EXPECT_EQ(heard_.kind, base::ErrorKind::kTimedOut);
  EXPECT_THAT(heard_.outcome, HasSubstr("next piece"));
}

TEST_F(AnUpstreamCall, OverALimitIsAnError) {
  options_.limits.body_bytes_max = 4;
  FakeUpstream server(loop_, {"HTTP/1.1 200 OK\r\n\r\nhello"}, true);
  ask(server);
  EXPECT_EQ(heard_.kind, base::ErrorKind::kInvalidInput);
}

TEST_F(AnUpstreamCall, FollowsNoRedirect) {
  FakeUpstream server(
      loop_, {"HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n"},
      false);
  ask(server);
  EXPECT_EQ(heard_.outcome, "whole");
  EXPECT_EQ(heard_.last.status, 302);
}

TEST_F(AnUpstreamCall, ThatIsCancelledTellsNothingMore) {
  FakeUpstream server(loop_, {"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n", "one", "two"}, false);
  heard_.on_chunk = [&] {
    call_.reset();
    heard_.on_chunk = nullptr;
  };
  server.start();
  upstream_ = make("http://127.0.0.1:" + server.port());
  call_ = *upstream_->send({"POST", "/", &headers_, "{}"}, heard_);
  const auto deadline = std::chrono::steady_clock::now() + kTestLimit;
  while (!server.client_gone() && std::chrono::steady_clock::now() < deadline) {
    loop_.run_one_for(std::chrono::milliseconds(100));
  }

  EXPECT_TRUE(server.client_gone());
  EXPECT_EQ(heard_.ends, 0);
  EXPECT_LE(heard_.times.size(), 1U);
}

TEST_F(AnUpstreamCall, OutlivesItsUpstream) {
  FakeUpstream server(loop_, {"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"}, false);
  server.start();
  upstream_ = make("http://127.0.0.1:" + server.port());
  call_ = *upstream_->send({"POST", "/", &headers_, "{}"}, heard_);
  upstream_.reset();
  loop_.run_for(kTestLimit);
  EXPECT_EQ(heard_.outcome, "whole");
}

TEST_F(AnUpstreamCall, IsRefusedAboveTheLimit) {
  options_.limits.calls_max = 1;
  FakeUpstream server(loop_, {}, false);
  server.start();
  upstream_ = make("http://127.0.0.1:" + server.port());
  call_ = *upstream_->send({"POST", "/", &headers_, "{}"}, heard_);
  Heard other;

  const auto refused = upstream_->send({"POST", "/", &headers_, "{}"}, other);

  ASSERT_FALSE(refused);
  EXPECT_THAT(refused.error().message, HasSubstr("calls_max"));
}

class ATlsUpstream : public AnUpstreamCall {
 protected:
  ATlsUpstream() {
    const std::filesystem::path file = folder_.path() / "ca.pem";
    EXPECT_TRUE(base::write_file(file, certificate_.certificate_pem));
    ca_file_ = file.string();
    server_.use_tls(certificate_);
  }

  base::TemporaryDirectory folder_ = *base::TemporaryDirectory::make("upstream-");
  Certificate certificate_ = make_certificate();
  std::string ca_file_;
  FakeUpstream server_{loop_, {"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"}, false};
};

TEST_F(ATlsUpstream, IsAskedWhereItsCertificateHolds) {
  options_.ca_file = ca_file_;
  ask(server_, "https", "localhost");
  EXPECT_EQ(heard_.outcome, "whole");
  EXPECT_EQ(heard_.body, "ok");
}

TEST_F(ATlsUpstream, IsRefusedWhereNobodyKnowsWhoSignedIt) {
  ask(server_, "https", "localhost");
  EXPECT_EQ(heard_.kind, base::ErrorKind::kUnavailable);
  EXPECT_THAT(heard_.outcome, HasSubstr("TLS"));
  EXPECT_EQ(server_.request(), "");
}

TEST_F(ATlsUpstream, IsRefusedUnderAnotherName) {
  options_.ca_file = ca_file_;
  ask(server_, "https", "127.0.0.1");
  EXPECT_THAT(heard_.outcome, HasSubstr("TLS"));
  EXPECT_EQ(server_.request(), "");
}

TEST(AnUpstream, IsNotMadeOfWrongOptions) {
  asio::io_context loop;
  const base::SystemClock clock;
  UpstreamOptions options;
  options.base_url = "https://host";
  options.ca_file = "/nowhere/ca.pem";
  EXPECT_FALSE(Upstream::make(loop, clock, options));
  options.ca_file.clear();
  options.key = "two\nlines";
  EXPECT_FALSE(Upstream::make(loop, clock, options));
}

TEST(ATransientStatus, IsOneToTryAgain) {
  for (const int status : {408, 409, 429, 500, 503, 529}) {
    EXPECT_TRUE(Upstream::is_transient(status)) << status;
  }
  for (const int status : {200, 302, 400, 401, 404}) {
    EXPECT_FALSE(Upstream::is_transient(status)) << status;
  }
}

}  // namespace
}  // namespace mockllm
