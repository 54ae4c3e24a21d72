// TLS over loopback, against certificates that the test has made.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "harness/kube/api.h"
#include "tests/unit/harness/kube/fake_server.h"

namespace harness {
namespace {

using support::Certificate;
using support::FakeRequest;
using support::FakeServer;
using support::FakeSession;
using testing::HasSubstr;
using testing::Not;

class Tls : public testing::Test {
 protected:
  static bool say_ok(const FakeRequest& /*request*/, FakeSession& session) {
    session.answer(200, R"({"kind":"Pod"})");
    return true;
  }

  [[nodiscard]] KubeAccess access(const FakeServer& server) const {
    KubeAccess made;
    made.server = server.url();
    made.authority = authority_.pem;
    return made;
  }

  KubeAnswer get(const KubeAccess& known) {
    base::Result<KubeApi> api = KubeApi::make(known, clock_);
    EXPECT_TRUE(api) << api.error().message;
    return api->get("/x");
  }

  base::SystemClock clock_;
  const Certificate authority_ = support::make_authority("test authority");
};

TEST_F(Tls, ReachesAServerThatItsAuthoritySigned) {
  const FakeServer server(
      say_ok, {{support::make_certificate(authority_, "api", "DNS:api.test,IP:127.0.0.1")}});
  const KubeAnswer answer = get(access(server));
  EXPECT_TRUE(answer) << answer.error->message;
}

TEST_F(Tls, RefusesAServerOfAnotherAuthority) {
  const Certificate other = support::make_authority("other authority");
  const FakeServer server(say_ok, {{support::make_certificate(other, "api", "IP:127.0.0.1")}});
  const KubeAnswer answer = get(access(server));
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error->message, HasSubstr("the certificate is not trusted"));
  EXPECT_EQ(answer.error->reason, kKubeInvalidAccess);
  EXPECT_EQ(server.requests().size(), 0U);
}

TEST_F(Tls, RefusesACertificateOfAnotherHost) {
  const FakeServer server(say_ok,
                          {{support::make_certificate(authority_, "127.0.0.1", "DNS:api.test")}});
  const KubeAnswer answer = get(access(server));
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error->message, HasSubstr("IP address mismatch"));
}

TEST_F(Tls, AsksForTheNameThatItWasTold) {
  const FakeServer server(say_ok, {{support::make_certificate(authority_, "api", "DNS:api.test")}});
  KubeAccess known = access(server);
  known.tls_server_name = "api.test";
  EXPECT_TRUE(get(known));
  known.tls_server_name = "other.test";
  EXPECT_THAT(get(known).error->message, HasSubstr("ostname mismatch"));
}

TEST_F(Tls, TrustsAnyoneWhereItIsToldTo) {
  const FakeServer server(say_ok, {{support::make_certificate(authority_, "api", "DNS:api.test")}});
  KubeAccess known = access(server);
  known.authority = "";
  EXPECT_FALSE(get(known));
  known.insecure = true;
  EXPECT_TRUE(get(known));
}

TEST_F(Tls, ShowsItsOwnCertificate) {
  const FakeServer server(
      say_ok, {{support::make_certificate(authority_, "api", "IP:127.0.0.1"), authority_.pem}});
  KubeAccess known = access(server);
  EXPECT_FALSE(get(known));
  const Certificate client = support::make_certificate(authority_, "admin", "");
  known.credentials.client_certificate = client.pem;
  known.credentials.client_key = client.key_pem;
  const KubeAnswer answer = get(known);
  EXPECT_TRUE(answer) << answer.error->message;
}

TEST_F(Tls, TrustsACertificateItWasGivenAlsoWhereItIsNoRoot) {
  const Certificate served = support::make_certificate(authority_, "api", "IP:127.0.0.1");
  const FakeServer server(say_ok, {{served}});
  KubeAccess known = access(server);
  known.authority = served.pem;
  EXPECT_TRUE(get(known));
}

TEST_F(Tls, NamesThePartThatCannotBeRead) {
  KubeAccess known;
  known.server = "https://127.0.0.1:1";
  known.source = "context a of b";
  known.authority = "s3cret";
  base::Result<KubeApi> made = KubeApi::make(known, clock_);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("context a of b: cannot use the certificate"));
  EXPECT_THAT(made.error().message, Not(HasSubstr("s3cret")));

  const Certificate client = support::make_certificate(authority_, "admin", "");
  known.authority = authority_.pem;
  known.credentials.client_certificate = client.pem;
  known.credentials.client_key = support::make_certificate(authority_, "admin", "").key_pem;
  made = KubeApi::make(known, clock_);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("cannot use the client key"));
}

TEST_F(Tls, TellsOfAServerThatSpeaksNone) {
  const FakeServer server(say_ok);
  KubeAccess known = access(server);
  known.server = "https://127.0.0.1:" + std::to_string(server.port());
  KubeLimits limits;
  limits.connect_timeout = std::chrono::milliseconds(200);
  base::Result<KubeApi> api = KubeApi::make(known, clock_, limits);
  ASSERT_TRUE(api);
  EXPECT_THAT(api->get("/x").error->message, HasSubstr("cannot agree on TLS with"));
}

}  // namespace
}  // namespace harness
