#include "harness/kube/api.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/file.h"
#include "tests/unit/harness/kube/fake_server.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using support::FakeRequest;
using support::FakeServer;
using support::FakeSession;
using testing::HasSubstr;
using testing::Not;

constexpr const char* kNotFound =
    R"({"kind":"Status","status":"Failure","message":"pods \"x\" not found","reason":"NotFound","code":404})";

class Api : public testing::Test {
 protected:
  KubeApi api(const FakeServer& server, KubeLimits limits = {}) {
    KubeAccess access;
    access.server = server.url() + "/base";
    access.credentials.token = "s3cret";
    base::Result<KubeApi> made = KubeApi::make(access, clock_, limits);
    EXPECT_TRUE(made) << made.error().message;
    return *std::move(made);
  }

  base::SystemClock clock_;
};

bool say_ok(const FakeRequest& /*request*/, FakeSession& session) {
  session.answer(200, R"({"kind":"Pod"})");
  return true;
}

TEST_F(Api, GetsAnObject) {
  const FakeServer server(say_ok);
  const KubeAnswer answer = api(server).get("/api/v1/pods");
  ASSERT_TRUE(answer) << answer.error->message;
  EXPECT_EQ(answer.object["kind"], "Pod");
  const FakeRequest request = server.requests().at(0);
  EXPECT_EQ(request.method, "GET");
  EXPECT_EQ(request.target, "/base/api/v1/pods");
  EXPECT_THAT(request.head, HasSubstr("\r\nAuthorization: Bearer s3cret\r\n"));
  EXPECT_THAT(request.head, HasSubstr("\r\nHost: 127.0.0.1:" + std::to_string(server.port())));
}

TEST_F(Api, KeepsItsConnection) {
  const FakeServer server(say_ok);
  KubeApi kube = api(server);
  for (int i = 0; i < 5; ++i) {
    EXPECT_TRUE(kube.get("/x"));
  }
  EXPECT_EQ(server.connections(), 1);
}

TEST_F(Api, SaysWhatItChanges) {
  const FakeServer server(say_ok);
  KubeApi kube = api(server);
  kube.create("/pods?dryRun=All", {{"a", "\xC3\xA4"}});
  kube.apply("/pods/x", {{"b", 1}});
  kube.merge_patch("/pods/x", {{"c", nullptr}});
  kube.remove("/pods/x", "Foreground");
  const std::vector<FakeRequest> requests = server.requests();
  ASSERT_EQ(requests.size(), 4U);
  EXPECT_EQ(requests[0].method, "POST");
  EXPECT_EQ(requests[0].target, "/base/pods?dryRun=All&fieldManager=drydock");
  EXPECT_EQ(requests[0].body, "{\"a\":\"\xC3\xA4\"}");
  EXPECT_EQ(requests[1].method, "PATCH");
  EXPECT_EQ(requests[1].target, "/base/pods/x?fieldManager=drydock&force=true");
  EXPECT_THAT(requests[1].head, HasSubstr("Content-Type: application/apply-patch+yaml\r\n"));
  EXPECT_THAT(requests[2].head, HasSubstr("Content-Type: application/merge-patch+json\r\n"));
  EXPECT_EQ(requests[3].method, "DELETE");
  EXPECT_THAT(requests[3].body, HasSubstr(R"("propagationPolicy":"Foreground")"));
}

TEST_F(Api, TellsWhyTheServerRefuses) {
  const FakeServer server([](const FakeRequest&, FakeSession& session) {
    session.answer(404, kNotFound);
    return true;
  });
  const KubeAnswer answer = api(server).get("/x");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error->status, 404);
  EXPECT_EQ(answer.error->reason, "NotFound");
  EXPECT_EQ(answer.error->message, "pods \"x\" not found");
  EXPECT_FALSE(answer.error->unreachable());
}

TEST_F(Api, TellsWhatAProxyInBetweenSays) {
  const FakeServer server([](const FakeRequest& request, FakeSession& session) {
    session.answer(502, request.number == 1 ? "bad \x1b[31mgateway\nmore" : "");
    return true;
  });
  KubeApi kube = api(server);
  EXPECT_EQ(kube.get("/x").error->message, "bad \\x1b[31mgateway");
  EXPECT_EQ(kube.get("/x").error->message, "answered 502 without a word");
}

TEST_F(Api, ReadsAnAnswerInChunksAndItsText) {
  const FakeServer server([](const FakeRequest&, FakeSession& session) {
    session.begin_chunks();
    session.chunk("hel");
    session.chunk("lo\n");
    session.end_chunks();
    return true;
  });
  KubeApi kube = api(server);
  EXPECT_EQ(kube.get_text("/x").object, "hello\n");
  EXPECT_EQ(kube.get("/x").error->message, "the answer is no JSON");
  EXPECT_EQ(server.connections(), 1);
}

// Each is told that the connection is kept, and finds it closed without an answer.
FakeServer::Handler closes_on_second_request() {
  return [](const FakeRequest& request, FakeSession& session) {
    if (request.number == 2) {
      return false;
    }
    return say_ok(request, session);
  };
}

TEST_F(Api, AsksAgainWhereAKeptConnectionWasClosed) {
  const FakeServer server(closes_on_second_request());
  KubeApi kube = api(server);
  EXPECT_TRUE(kube.get("/first"));
  EXPECT_TRUE(kube.get("/second"));
  EXPECT_EQ(server.requests().size(), 3U);
  EXPECT_EQ(server.connections(), 2);
}

TEST_F(Api, NeverCreatesTwice) {
  const FakeServer server(closes_on_second_request());
  KubeApi kube = api(server);
  EXPECT_TRUE(kube.get("/first"));
  const KubeAnswer answer = kube.create("/second", {});
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error->unreachable());
  EXPECT_EQ(server.requests().size(), 2U);
  EXPECT_TRUE(kube.get("/third"));
}

TEST_F(Api, DoesNotAskAgainOnANewConnection) {
  const FakeServer server([](const FakeRequest&, FakeSession&) { return false; });
  const KubeAnswer answer = api(server).get("/x");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error->message, "the connection was closed without an answer");
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Api, TellsOfAnAnswerThatWasCut) {
  const FakeServer server([](const FakeRequest&, FakeSession& session) {
    session.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"kind\"");
    return false;
  });
  EXPECT_EQ(api(server).get("/x").error->message,
            "the connection was closed in the middle of an answer");
}

TEST_F(Api, WaitsAsLongAsTheServerAsksFor) {
  const FakeServer server([](const FakeRequest& request, FakeSession& session) {
    if (request.number < 3) {
      session.answer(429, "", "Retry-After: 0\r\n");
      return true;
    }
    return say_ok(request, session);
  });
  EXPECT_TRUE(api(server).create("/x", {}));
  EXPECT_EQ(server.requests().size(), 3U);
}

TEST_F(Api, DoesNotWaitLongerThanTheRequestMay) {
  const FakeServer server([](const FakeRequest&, FakeSession& session) {
    session.answer(429, "", "Retry-After: 3600\r\n");
    return true;
  });
  EXPECT_EQ(api(server).get("/x").error->status, 429);
  EXPECT_EQ(server.requests().size(), 1U);
}

TEST_F(Api, GivesUpOnAServerThatIsSilent) {
  const FakeServer server([](const FakeRequest&, FakeSession& session) {
    session.hang();
    return false;
  });
  KubeLimits limits;
  limits.request_timeout = milliseconds(50);
  const KubeAnswer answer = api(server, limits).get("/x");
  ASSERT_FALSE(answer);
  EXPECT_TRUE(answer.error->unreachable());
  EXPECT_THAT(answer.error->message, HasSubstr("sent nothing for"));
}

TEST_F(Api, TellsThatNobodyListens) {
  std::string url;
  {
    const FakeServer server(say_ok);
    url = server.url();
  }
  KubeAccess access;
  access.server = url;
  const KubeAnswer answer = KubeApi::make(access, clock_)->get("/x");
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error->message, "cannot connect to " + url + ": Connection refused");
}

TEST_F(Api, RefusesAnAnswerWithoutEnd) {
  const FakeServer server([](const FakeRequest&, FakeSession& session) {
    session.begin_chunks();
    session.chunk(std::string(5000, 'x'));
    session.hang();
    return false;
  });
  KubeLimits limits;
  limits.body_bytes_max = 4096;
  EXPECT_THAT(api(server, limits).get("/x").error->message, HasSubstr("larger than its limit"));
}

TEST_F(Api, RefusesWhatIsNoHttp) {
  const FakeServer server([](const FakeRequest&, FakeSession& session) {
    session.send("SSH-2.0-OpenSSH_9.2\r\n");
    return false;
  });
  EXPECT_THAT(api(server).get("/x").error->message, HasSubstr("no HTTP"));
}

TEST_F(Api, ReadsItsTokenAgainWhereTheServerDoesNotBelieveIt) {
  const base::TemporaryDirectory folder = *base::TemporaryDirectory::make("kube");
  const std::string file = (folder.path() / "token").string();
  ASSERT_TRUE(base::write_file(file, "old\n"));
  const FakeServer server([&](const FakeRequest& request, FakeSession& session) {
    if (request.head.find("Bearer new\r\n") != std::string::npos) {
      return say_ok(request, session);
    }
    EXPECT_TRUE(base::write_file(file, "new\n"));
    session.answer(401, R"({"kind":"Status","message":"Unauthorized","code":401})");
    return true;
  });
  KubeAccess access;
  access.server = server.url();
  access.credentials.token_file = file;
  KubeApi kube = *KubeApi::make(access, clock_);
  EXPECT_TRUE(kube.get("/x"));
  EXPECT_EQ(server.requests().size(), 2U);
}

TEST_F(Api, SendsNoTokenOverAWireThatOthersCanRead) {
  KubeAccess access;
  access.server = "http://10.0.0.1:8080";
  access.source = "context a of b";
  access.credentials.token = "s3cret";
  const base::Result<KubeApi> made = KubeApi::make(access, clock_);
  ASSERT_FALSE(made);
  EXPECT_THAT(made.error().message, HasSubstr("without TLS"));
  EXPECT_THAT(made.error().message, Not(HasSubstr("s3cret")));
}

TEST_F(Api, SendsNoTokenThatIsMoreThanOneLine) {
  const FakeServer server(say_ok);
  KubeAccess access;
  access.server = server.url();
  access.credentials.token = "s3cret\r\nX-Other: 1";
  const KubeAnswer answer = KubeApi::make(access, clock_)->get("/x");
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error->message, Not(HasSubstr("s3cret")));
  EXPECT_EQ(server.requests().size(), 0U);
}

}  // namespace
}  // namespace harness
