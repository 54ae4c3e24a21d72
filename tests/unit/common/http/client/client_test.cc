#include "common/http/client/client.h"

#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <string>
#include <thread>

#include "tests/engine/engine.h"

namespace http {
namespace {

using std::chrono::milliseconds;
using testing::HasSubstr;

std::string url_of(engine::Engine& engine, const std::string& path = "") {
  return "http://127.0.0.1:" + std::to_string(engine.server().port()) + path;
}

Client client_of(const std::string& url, ClientLimits limits = {}) {
  base::Result<Client> client = Client::make(url, limits);
  CHECK(client.has_value());
  return std::move(*client);
}

// Takes one connection and answers it with fixed bytes.
class Saying {
 public:
  explicit Saying(std::string bytes) : socket_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    ::bind(socket_.get(), reinterpret_cast<sockaddr*>(&address), size);
    ::listen(socket_.get(), 1);
    ::getsockname(socket_.get(), reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::thread([this, bytes = std::move(bytes)] {
      const base::UniqueFd peer(::accept(socket_.get(), nullptr, nullptr));
      ::send(peer.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      ::shutdown(peer.get(), SHUT_WR);
      char rest[4096];
      while (::recv(peer.get(), rest, sizeof rest, 0) > 0) {
      }
    });
  }

  ~Saying() { thread_.join(); }

  Saying(const Saying&) = delete;
  Saying& operator=(const Saying&) = delete;

  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  base::UniqueFd socket_;
  std::uint16_t port_ = 0;
  std::thread thread_;
};

TEST(AClient, SendsMethodPathHeadersAndBody) {
  engine::Engine engine;
  Client client = client_of(url_of(engine));

  const base::Result<ClientResponse> response =
      client.send({"PUT", "/echo?a=b%20c;d,e+f", {{"content-type", "text/plain"}}, "hello"});

  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "PUT /echo?a=b%20c;d,e+f hello");
  EXPECT_EQ(response->header("Content-Length"), std::to_string(response->body.size()));
}

TEST(AClient, PutsThePathOfItsAddressBeforeEachPath) {
  engine::Engine engine;
  Client client = client_of(url_of(engine, "/base/"));

  EXPECT_EQ(client.send({"GET", "/x", {}, ""})->body, "GET /base/x ");
}

TEST(AClient, KeepsItsConnection) {
  engine::Engine engine;
  Client client = client_of(url_of(engine));

  EXPECT_TRUE(client.send({}).has_value());
  EXPECT_TRUE(client.send({}).has_value());

  EXPECT_EQ(engine.stats().connections_total, 1U);
}

TEST(AClient, ComesBackAfterTheServerHasClosedAnIdleConnection) {
  engine::Engine engine({.idle_timeout = milliseconds(5)});
  Client client = client_of(url_of(engine));
  EXPECT_TRUE(client.send({}).has_value());
  engine.stats_when([](const Stats& stats) { return stats.connections_open == 0; });

  EXPECT_TRUE(client.send({}).has_value());
}

TEST(AClient, TakesAnyStatusAsAValueAndFollowsNoRedirect) {
  engine::Engine engine;
  Client client = client_of(url_of(engine));

  const base::Result<ClientResponse> response = client.send({"GET", "/redirect", {}, ""});

  ASSERT_TRUE(response.has_value());
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->header("location"), "/echo");
  EXPECT_EQ(response->body, "elsewhere");
}

TEST(AClient, ReadsStreams) {
  engine::Engine engine;
  Client client = client_of(url_of(engine));

  EXPECT_EQ(client.send({"GET", "/paced", {}, ""})->body, "frame 0\nframe 1\nframe 2\n");
}

TEST(AClient, RefusesAnAnswerAboveItsLimit) {
  engine::Engine engine;
  Client exact = client_of(url_of(engine), {.body_bytes_max = engine::EchoHandler::kBigBytes});
  Client less = client_of(url_of(engine), {.body_bytes_max = engine::EchoHandler::kBigBytes - 1});

  EXPECT_TRUE(exact.send({"GET", "/big", {}, ""}).has_value());
  const base::Result<ClientResponse> response = less.send({"GET", "/big", {}, ""});

  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, base::ErrorKind::kInvalidInput);
}

TEST(AClient, TimesOutWhereNothingIsAnswered) {
  engine::Engine engine;
  Client client = client_of(url_of(engine), {.read_timeout = milliseconds(20)});

  const base::Result<ClientResponse> response = client.send({"GET", "/deferred", {}, ""});

  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, base::ErrorKind::kTimedOut);
}

TEST(AClient, TimesOutWhereAnAnswerHasNoEnd) {
  engine::Engine engine;
  Client client = client_of(url_of(engine), {.total_timeout = milliseconds(20)});

  const base::Result<ClientResponse> response = client.send({"GET", "/endless", {}, ""});

  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, base::ErrorKind::kTimedOut);
}

TEST(AClient, SaysThatNothingListens) {
  std::uint16_t port = 0;
  {
    engine::Engine engine;
    port = engine.server().port();
  }
  Client client = client_of("http://127.0.0.1:" + std::to_string(port));

  const base::Result<ClientResponse> response = client.send({});

  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, base::ErrorKind::kUnavailable);
  EXPECT_THAT(response.error().message, HasSubstr(std::to_string(port)));
}

TEST(AClient, SaysThatWhatAnswersIsNotHttp) {
  const Saying server("SSH-2.0-OpenSSH_9.2\r\n");
  Client client = client_of(server.url());

  const base::Result<ClientResponse> response = client.send({});

  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, base::ErrorKind::kUnavailable);
}

TEST(AClient, DoesNotTakeATruncatedBodyForAWholeOne) {
  const Saying server("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhel");
  Client client = client_of(server.url());

  EXPECT_FALSE(client.send({}).has_value());
}

TEST(AClient, FailsInWordsWhereTlsMeetsAPlainPort) {
  engine::Engine engine;
  Client client = client_of("https://127.0.0.1:" + std::to_string(engine.server().port()));

  const base::Result<ClientResponse> response = client.send({});

  ASSERT_FALSE(response.has_value());
  EXPECT_EQ(response.error().kind, base::ErrorKind::kUnavailable);
}

TEST(AnAddress, IsRefusedWithAReasonWhereItIsNone) {
  for (const char* url : {"", "127.0.0.1:80", "ftp://a", "http://", "http://a:0", "http://a:65536",
                          "http://a:b", "http://a b/", "http://u@h/", "http://a:"}) {
    const base::Result<Client> client = Client::make(url);

    ASSERT_FALSE(client.has_value()) << url;
    EXPECT_EQ(client.error().kind, base::ErrorKind::kInvalidInput) << url;
  }
}

TEST(AnAddress, MayHaveAHostAPortAndAPath) {
  for (const char* url : {"http://a", "https://a.b", "http://[::1]:80", "http://a:1/b/c/"}) {
    EXPECT_TRUE(Client::make(url).has_value()) << url;
  }
}

TEST(ARequestOfAClient, CannotBeSplit) {
  engine::Engine engine;
  Client client = client_of(url_of(engine));

  EXPECT_EQ(client.send({"GET", "/a\r\nX: y", {}, ""}).error().kind,
            base::ErrorKind::kInvalidInput);
  EXPECT_EQ(client.send({"GET", "/a", {{"x", "y\r\nz: a"}}, ""}).error().kind,
            base::ErrorKind::kInvalidInput);
  EXPECT_EQ(client.send({"GET", "no-slash", {}, ""}).error().kind, base::ErrorKind::kInvalidInput);
}

}  // namespace
}  // namespace http
