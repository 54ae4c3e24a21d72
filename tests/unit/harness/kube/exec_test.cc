#include "harness/kube/exec.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "common/base/digest.h"
#include "tests/unit/harness/kube/fake_server.h"
#include "tests/unit/harness/kube/web_socket.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using support::FakeRequest;
using support::FakeServer;
using support::FakeSession;
using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kSuccess = R"({"metadata":{},"status":"Success"})";
constexpr const char* kExit7 =
    R"({"metadata":{},"status":"Failure","message":"command terminated with non-zero exit code","reason":"NonZeroExitCode","details":{"causes":[{"reason":"ExitCode","message":"7"}]}})";

class Exec : public testing::Test {
 protected:
  // A server that shakes hands and then sends these bytes.
  static FakeServer::Handler frames(std::string bytes, bool hangs = false) {
    return [bytes = std::move(bytes), hangs](const FakeRequest& request, FakeSession& session) {
      session.send(support::accept_web_socket(request.head, "v5.channel.k8s.io"));
      session.send(bytes);
      if (hangs) {
        session.hang();
      }
      return false;
    };
  }

  ExecResult run(const FakeServer& server, milliseconds timeout = milliseconds(10'000)) {
    KubeAccess access;
    access.server = server.url();
    access.credentials.token = "t0k";
    return kube_exec(access, clock_, {"n", "p", "c", {"/bin/x", "a b"}, timeout},
                     [&](std::string_view piece) { pieces_.emplace_back(piece); });
  }

  base::SystemClock clock_;
  std::vector<std::string> pieces_;
};

TEST_F(Exec, GivesOutputAndExitCode) {
  const FakeServer server(frames(support::web_socket_frame("\1hello") +
                                 support::web_socket_frame("\2oops") +
                                 support::web_socket_frame("\1world") +
                                 support::web_socket_frame(std::string("\3") + kExit7)));
  const ExecResult result = run(server);
  EXPECT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(result.exit_code, 7);
  EXPECT_EQ(result.error_output, "oops");
  EXPECT_THAT(pieces_, ElementsAre("hello", "world"));
  const FakeRequest request = server.requests().at(0);
  EXPECT_EQ(request.target,
            "/api/v1/namespaces/n/pods/p/exec?stdout=true&stderr=true&container=c&command=%2fbin%2f"
            "x&command=a%20b");
  EXPECT_THAT(request.head, HasSubstr("Authorization: Bearer t0k\r\n"));
  EXPECT_THAT(request.head,
              HasSubstr("Sec-WebSocket-Protocol: v5.channel.k8s.io, v4.channel.k8s.io\r\n"));
}

TEST_F(Exec, AnswersAPing) {
  const FakeServer server(frames(support::web_socket_frame("are you there", support::kPing) +
                                 support::web_socket_frame(std::string("\3") + kSuccess)));
  const ExecResult result = run(server);
  EXPECT_FALSE(result.error) << result.error->message;
  EXPECT_EQ(result.exit_code, 0);
}

TEST_F(Exec, TellsWhyTheServerRefuses) {
  const FakeServer server([](const FakeRequest&, FakeSession& session) {
    session.answer(
        403,
        R"({"kind":"Status","reason":"Forbidden","message":"cannot create pods/exec","code":403})");
    return false;
  });
  const ExecResult result = run(server);
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->status, 403);
  EXPECT_EQ(result.error->reason, "Forbidden");
  EXPECT_EQ(result.error->message, "cannot create pods/exec");
}

TEST_F(Exec, TellsWhyTheProgramCouldNotBeRun) {
  const FakeServer server(frames(support::web_socket_frame(
      "\3"
      R"({"status":"Failure","reason":"InternalError","message":"no such file","code":500})")));
  const ExecResult result = run(server);
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->status, 500);
  EXPECT_EQ(result.error->message, "no such file");
}

TEST_F(Exec, CutsOffAProgramThatDoesNotEnd) {
  const FakeServer server(frames(support::web_socket_frame("\1hello"), true));
  const ExecResult result = run(server, milliseconds(100));
  ASSERT_TRUE(result.error);
  EXPECT_EQ(result.error->reason, "Timeout");
  EXPECT_THAT(pieces_, ElementsAre("hello"));
}

TEST_F(Exec, TellsOfAConnectionThatWasLost) {
  const FakeServer server(frames(support::web_socket_frame("\1hello")));
  const ExecResult result = run(server);
  ASSERT_TRUE(result.error);
  EXPECT_TRUE(result.error->unreachable());
  EXPECT_THAT(result.error->message, HasSubstr("was lost"));
}

TEST_F(Exec, KeepsNoMoreErrorOutputThanItsLimit) {
  const std::string block = "\2" + std::string(60'000, 'x');
  const FakeServer server(frames(support::web_socket_frame(block) +
                                 support::web_socket_frame(block) +
                                 support::web_socket_frame(std::string("\3") + kSuccess)));
  const ExecResult result = run(server);
  EXPECT_EQ(result.exit_code, 0);
  EXPECT_EQ(result.error_output.size(), kExecErrorBytesMax);
}

}  // namespace
}  // namespace harness
