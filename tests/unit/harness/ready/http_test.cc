#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <chrono>
#include <string>

#include "harness/ready/probe.h"
#include "tests/support/raw_server.h"

namespace harness {
namespace {

using std::chrono::milliseconds;
using support::RawServer;
using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr milliseconds kShort{200};

ProbeResult probe_answer(const std::string& answer) {
  const RawServer server({.answers = {answer}, .hang_up = true});
  return probe_http("http://" + server.address(), "/healthz", {401, 403, 404});
}

TEST(ProbeHttp, IsReadyAtAnyTwoHundred) {
  EXPECT_EQ(probe_answer("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok").readiness,
            Readiness::kReady);
  EXPECT_EQ(probe_answer("HTTP/1.1 204 No Content\r\n\r\n").readiness, Readiness::kReady);
}

TEST(ProbeHttp, IsNotYetReadyAtAnyOtherStatusAndQuotesIt) {
  const ProbeResult busy =
      probe_answer("HTTP/1.1 503 Busy\r\nContent-Length: 17\r\n\r\nredis is not here");

  EXPECT_EQ(busy.readiness, Readiness::kNotYet);
  EXPECT_EQ(busy.reason, "GET /healthz answered 503: redis is not here");
  EXPECT_EQ(
      probe_answer("HTTP/1.1 302 Found\r\nLocation: /\r\nContent-Length: 0\r\n\r\n").readiness,
      Readiness::kNotYet);
}

TEST(ProbeHttp, IsNotYetReadyWhereNobodyListens) {
  int port = 0;
  {
    const RawServer gone({});
    port = gone.port();
  }

  const ProbeResult result =
      probe_http("http://127.0.0.1:" + std::to_string(port), "/", {}, kShort);

  EXPECT_EQ(result.readiness, Readiness::kNotYet);
}

TEST(ProbeHttp, IsNotYetReadyWhereNobodyAnswers) {
  const RawServer silent({});

  EXPECT_EQ(probe_http("http://" + silent.address(), "/", {}, kShort).readiness,
            Readiness::kNotYet);
}

TEST(ProbeHttp, IsNeverReadyByAUrlThatIsNone) {
  const ProbeResult result = probe_http("ftp://u:secret@h", "/");

  EXPECT_EQ(result.readiness, Readiness::kNever);
  EXPECT_EQ(result.reason, "'ftp://u:***@h' is not an http:// or https:// URL");
}

TEST(ProbeHttp, IsNeverReadyAtAFatalStatusAndQuotesIt) {
  const ProbeResult missing =
      probe_answer("HTTP/1.1 404 Not Found\r\nContent-Length: 22\r\n\r\n\n  no route /healthz\nat");

  EXPECT_EQ(missing.readiness, Readiness::kNever);
  EXPECT_EQ(missing.reason, "GET /healthz answered 404: no route /healthz");
}

TEST(ProbeMockllm, AsksItsOwnPath) {
  const RawServer server(
      {.answers = {"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"}, .hang_up = true});

  const base::SystemClock clock;
  const base::Environment environment;
  ServiceConfig service;
  service.kind = ServiceKind::kMockllm;
  service.ready.path = "/ignored";

  EXPECT_THAT(probe(service, "http://" + server.address(), {environment, clock, ""}).reason,
              StartsWith("GET /readyz answered 503"));
}

}  // namespace
}  // namespace harness
